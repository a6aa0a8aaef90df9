/* The panel that the library opens beside an input, found by the id the input names. */
import { nextTick } from 'vue'

async function panelOf(id: string | undefined): Promise<HTMLElement | null> {
  await nextTick()
  const input = id ? document.getElementById(id) : null
  return document.getElementById(input?.getAttribute('aria-controls') ?? '')
}

/* A calendar is a dialog of its own and has no name unless given one. */
export async function namePanel(id: string | undefined, label: string): Promise<void> {
  const panel = await panelOf(id)
  panel?.setAttribute('aria-label', label)
}

/* A long list scrolls; what scrolls has to be able to hold the focus. */
export async function makeListReachable(id: string | undefined): Promise<void> {
  const list = await panelOf(id)
  list?.closest('.el-scrollbar__wrap')?.setAttribute('tabindex', '0')
}
