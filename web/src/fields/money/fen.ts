import type { Json } from '@/api/types'

/* People write yuan, the record holds fen. */
export function readMoney(t: string): number | null {
  const m = /^[¥￥]?(-?)(\d{1,13})(?:\.(\d{1,2}))?(万)?元?$/.exec(t)
  if (!m) return null
  const fen = Number(m[2]) * 100 + Number((m[3] ?? '').padEnd(2, '0'))
  return (m[1] ? -1 : 1) * fen * (m[4] ? 10000 : 1)
}

export function yuan(value: Json): string {
  if (typeof value === 'string') return value
  if (typeof value !== 'number') return ''
  const all = Math.abs(value)
  const cents = all % 100
  return `${value < 0 ? '-' : ''}${Math.floor(all / 100)}${cents ? `.${String(cents).padStart(2, '0')}` : ''}`
}
