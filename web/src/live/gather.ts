/* What a part of a page asks anew when something changed: once for all that changes within a while, and not after it left. */
import { onBeforeUnmount } from 'vue'
import { listen, type Change } from './stream'

/* concerns: is this change one of those? After a gap in the stream everything is. */
export function gather(ms: number, concerns: (c: Change) => boolean, ask: () => Promise<void>): void {
  let timer = 0
  function soon(): void {
    if (!timer)
      timer = window.setTimeout(() => {
        timer = 0
        void ask()
      }, ms)
  }
  const stop = listen({
    change: (c) => {
      if (concerns(c)) soon()
    },
    resync: soon,
  })
  onBeforeUnmount(() => {
    stop()
    window.clearTimeout(timer)
  })
}
