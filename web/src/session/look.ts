import { ref, watch } from 'vue'

export type Theme = 'auto' | 'light' | 'dark'

const KEY = 'anlan.look'

type Kept = { theme?: Theme; large?: boolean; roomy?: boolean }

function kept(): Kept {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Kept
  } catch {
    return {}
  }
}

const first = kept()

export const theme = ref<Theme>(first.theme ?? 'auto')
export const large = ref(first.large ?? false)
/* Rows of 40 instead of 32. */
export const roomy = ref(first.roomy ?? false)

const system = matchMedia('(prefers-color-scheme: dark)')
export const dark = ref(false)

function show(): void {
  dark.value = theme.value === 'dark' || (theme.value === 'auto' && system.matches)
  const root = document.documentElement
  root.dataset.theme = dark.value ? 'dark' : 'light'
  root.classList.toggle('dark', dark.value)
  root.classList.toggle('large', large.value)
}

system.addEventListener('change', show)

watch(
  [theme, large, roomy],
  () => {
    localStorage.setItem(
      KEY,
      JSON.stringify({ theme: theme.value, large: large.value, roomy: roomy.value } satisfies Kept),
    )
    show()
  },
  { immediate: true },
)

/* Pixels of one design pixel in large type. */
export function scale(): number {
  return large.value ? 1.25 : 1
}
