import { computed, ref, watch } from 'vue'
import type { Label } from '@/api/types'
import en from './en'
import zh, { type Words } from './zh'

export type Language = 'zh' | 'en'

const KEY = 'anlan.language'

function first(): Language {
  const kept = localStorage.getItem(KEY)
  if (kept === 'zh' || kept === 'en') return kept
  const wanted = (navigator.languages.length ? navigator.languages : [navigator.language]).find((l) =>
    /^(zh|en)/i.test(l),
  )
  return wanted && /^en/i.test(wanted) ? 'en' : 'zh'
}

export const language = ref<Language>(first())

export const w = computed<Words>(() => (language.value === 'zh' ? zh : en))

export function setLanguage(next: Language): void {
  language.value = next
  localStorage.setItem(KEY, next)
}

export function languageTag(): string {
  return language.value === 'zh' ? 'zh-CN' : 'en'
}

/* The reader's language of a bilingual label; the other one where it is missing. */
export function say(label: Label | null | undefined): string {
  if (!label) return ''
  return language.value === 'zh' ? label.zh || label.en : label.en || label.zh
}

/* Terms standing in the middle of a sentence: capitals stay only where English needs them. */
export function inSentence(label: Label): string {
  const text = say(label)
  return language.value === 'en' && /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text
}

watch(
  language,
  () => {
    document.documentElement.lang = languageTag()
  },
  { immediate: true },
)
