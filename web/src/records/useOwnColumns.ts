/* The reader's own columns per kind: kept by the server, so that they are the same on every device. */
import { keepColumns, ownColumns, type OwnColumns } from '@/api/exports'
import type { Kind } from '@/api/types'
import { me } from '@/session/session'

const NEVER: OwnColumns = { list: null, export: null }

/* Through somebody else's eyes lists have the columns of the kind: a choice is its owner's alone. */
export async function fetchColumns(kind: Kind): Promise<OwnColumns> {
  return me.value?.as ? NEVER : ownColumns(kind.name)
}

/* One half is changed, the other stays as the server has it. A choice that could not be kept is no reason to stop. */
export async function rememberColumns(kind: Kind, part: Partial<OwnColumns>): Promise<void> {
  if (me.value?.as) return
  try {
    const now = await ownColumns(kind.name).catch(() => NEVER)
    await keepColumns(kind.name, { ...now, ...part })
  } catch {
    // the list shows what was chosen all the same; the next choice is sent again
  }
}
