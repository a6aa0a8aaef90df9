/*
 ** The menu of a person: the workbench, then groups made of the kinds that say so (`menu` in meta) and of pages that belong
 ** to no kind. A group holds only what the person has to do with: what is merely looked up ("system") is left out where
 ** nothing may be changed, so that a grid member has four entries.
 */
import { computed } from 'vue'
import type { Kind } from '@/api/types'
import { say, w } from '@/i18n'
import { allKinds } from '@/session/meta'
import { can, hasRight, may, me, readableKinds } from '@/session/session'
import { kindIcon, type IconName } from './icons'

export type Entry = { path: string; label: string; plural?: string; kinds: string[] }
export type Group = { name: string; label: string; icon: IconName; entries: Entry[] }

const ORDER = ['objects', 'hazards', 'duty', 'system'] as const
const ICONS: { [group: string]: IconName } = {
  hazards: 'hazard',
  objects: 'enterprise',
  duty: 'user',
  system: 'system',
}

function ofKind(k: Kind): Entry {
  return { path: `/${k.plural}`, label: w.value.kinds[k.name] ?? say(k.label), plural: k.plural, kinds: [k.name] }
}

/* Pages that belong to no kind of record, for whoever may see them. */
function places(group: string): Entry[] {
  const own = !me.value?.as
  const page = (path: string, label: string): Entry => ({ path, label, kinds: [] })
  if (group === 'objects')
    return can('assignment', 'read') && can('enterprise', 'read')
      ? [page('/owners', w.value.duty.owners)]
      : []
  if (group === 'hazards') return []
  if (group === 'duty')
    return can('assignment', 'read') && can('enterprise', 'read')
      ? [page('/responsible', w.value.duty.responsible)]
      : []
  return [
    ...(own && can('region', 'read') && can('enterprise', 'read') ? [page('/grid', w.value.grid.title)] : []),
    ...(own && mayRemove() ? [page('/bin', w.value.bin.title)] : []),
    ...(hasRight('operate') ? [page('/mails', w.value.notices.mails.title)] : []),
    ...(hasRight('audit') ? [page('/audit', w.value.account.audit.title)] : []),
  ]
}

function mayRemove(): boolean {
  return allKinds().some((k) => may(k, 'remove'))
}

const WRITES = ['create', 'change']

function serves(group: string, kinds: Kind[]): boolean {
  if (group !== 'system') return true
  if (hasRight('audit') || hasRight('manage') || hasRight('operate') || me.value?.as) return true
  return kinds.some((k) => WRITES.some((v) => can(k.name, v)))
}

export const menu = computed<Group[]>(() => {
  const kinds = readableKinds()
  const groups = ORDER.flatMap((name): Group[] => {
    const own = kinds.filter((k) => k.menu === name)
    const whole = serves(name, own)
    const pages = places(name).filter((p) => whole || p.path === '/bin')
    const entries = name === 'duty' ? [...pages, ...own.map(ofKind)] : [...(whole ? own.map(ofKind) : []), ...pages]
    return entries.length
      ? [
          {
            name,
            label: entries.length === 1 && name === 'system' ? (entries[0]?.label ?? '') : (w.value.work.menu[name] ?? name),
            icon: entries.length === 1 && entries[0]?.path === '/bin' ? 'bin' : (ICONS[name] ?? 'list'),
            entries,
          },
        ]
      : []
  })
  /* A kind that stands in no group stands by itself. */
  const alone = kinds
    .filter((k) => !k.menu || !ORDER.some((o) => o === k.menu))
    .map((k): Group => ({ name: k.name, label: ofKind(k).label, icon: kindIcon(k.name), entries: [ofKind(k)] }))
  const bench: Group[] = hasWorkbench.value
    ? [{ name: 'work', label: w.value.work.title, icon: 'work', entries: [{ path: '/', label: w.value.work.title, kinds: [] }] }]
    : []
  return [...bench, ...groups, ...alone]
})

/* Whoever works with records has one; an administrator has the one page that is his. */
export const hasWorkbench = computed(() => !me.value?.as && !hasRight('audit') && can('hazard', 'read'))

/* Where a person begins. */
export function homeOf(): string | null {
  if (hasWorkbench.value) return null
  if (hasRight('audit')) return '/audit'
  if (hasRight('manage') || hasRight('operate')) return '/accounts'
  const first = readableKinds().find((k) => k.name === 'hazard') ?? readableKinds()[0]
  return first ? `/${first.plural}` : '/me'
}
