/* Who supplied a fact and who verified it, in words. */
import type { By, Source } from '@/api/firm'
import { w } from '@/i18n'
import { instantShort } from '@/i18n/format'

function who(by: By): string {
  return [by.by.name ?? w.value.unknownName, by.by.organisation].filter(Boolean).join(w.value.dot)
}

export function sourceWords(s: Source): string {
  return [
    w.value.firm.supplied(who(s), instantShort(s.at)),
    s.verified ? w.value.firm.verifiedBy(who(s.verified), instantShort(s.verified.at)) : w.value.firm.unverified,
  ].join(w.value.semicolon)
}
