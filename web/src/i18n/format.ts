/* Numbers, days and instants as people read them. Days and hours are those of China, whatever the device believes. */
import { ref } from 'vue'
import { language } from './index'

const CHINA = 8 * 3600 * 1000
const DAY = 24 * 3600 * 1000
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const WEEKDAYS_ZH = ['日', '一', '二', '三', '四', '五', '六']
const WEEKDAYS_EN = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

/* Server clock minus ours, from the last answer that told the time. */
let ahead = 0
const today = ref(chinaDay(Date.now()))

export function setServerClock(now: string): void {
  const at = Date.parse(now)
  if (!Number.isNaN(at)) ahead = at - Date.now()
  tick()
}

export function tick(): void {
  today.value = chinaDay(serverNow())
}

export function serverNow(): number {
  return Date.now() + ahead
}

function chinaDay(at: number): string {
  return new Date(at + CHINA).toISOString().slice(0, 10)
}

/* Reactive: rows that say "today" change at midnight. */
export function todayOf(): string {
  return today.value
}

export function addDays(day: string, n: number): string {
  return new Date(Date.parse(day + 'T00:00:00Z') + n * DAY).toISOString().slice(0, 10)
}

/* "today", "today-7" as filters write them: the day they mean now. Anything else is a day already. */
export function dayMeant(text: string): string {
  const m = /^today([+-]\d{1,4})?$/.exec(text)
  return m ? addDays(todayOf(), Number(m[1] ?? 0)) : text
}

export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to + 'T00:00:00Z') - Date.parse(from + 'T00:00:00Z')) / DAY)
}

export function dayFull(day: string): string {
  if (language.value === 'zh') return day
  const [y, m, d] = day.split('-')
  return `${Number(d)} ${MONTHS[Number(m) - 1] ?? ''} ${y}`
}

export function dayShort(day: string): string {
  const sameYear = day.slice(0, 4) === todayOf().slice(0, 4)
  if (language.value === 'zh') return sameYear ? day.slice(5) : day
  return sameYear ? dayFull(day).replace(/ \d{4}$/, '') : dayFull(day)
}

function parts(instant: string): { day: string; time: string; seconds: string } | null {
  const at = Date.parse(instant)
  if (Number.isNaN(at)) return null
  const text = new Date(at + CHINA).toISOString()
  return { day: text.slice(0, 10), time: text.slice(11, 16), seconds: text.slice(11, 19) }
}

export function instantShort(instant: string): string {
  const p = parts(instant)
  if (!p) return instant
  if (p.day === todayOf()) return language.value === 'zh' ? `今天 ${p.time}` : `today ${p.time}`
  return `${dayShort(p.day)} ${p.time}`
}

export function instantFull(instant: string): string {
  const p = parts(instant)
  return p ? `${dayFull(p.day)} ${p.seconds}` : instant
}

export function clockTime(instant: string | number): string {
  const p = parts(typeof instant === 'number' ? new Date(instant).toISOString() : instant)
  return p ? p.seconds : ''
}

/* "3月17日 星期二 09:12" */
export function serverClock(): string {
  const at = new Date(serverNow() + CHINA)
  const time = at.toISOString().slice(11, 16)
  if (language.value === 'zh')
    return `${at.getUTCMonth() + 1}月${at.getUTCDate()}日 星期${WEEKDAYS_ZH[at.getUTCDay()] ?? ''} ${time}`
  return `${WEEKDAYS_EN[at.getUTCDay()] ?? ''} ${at.getUTCDate()} ${MONTHS[at.getUTCMonth()] ?? ''} ${time}`
}

/* What <input type="datetime-local"> style pickers hold (China time) and what the server wants. */
export function toLocalText(instant: string): string {
  const p = parts(instant)
  return p ? `${p.day} ${p.time}` : ''
}

export function fromLocalText(text: string): string | null {
  const at = Date.parse(text.replace(' ', 'T') + ':00+08:00')
  return Number.isNaN(at) ? null : new Date(at).toISOString()
}

export function grouped(digits: string): string {
  const [whole = '', fraction] = digits.replace('-', '').split('.')
  const text = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',') + (fraction === undefined ? '' : `.${fraction}`)
  return digits.startsWith('-') ? `−${text}` : text
}

export function count(n: number): string {
  return grouped(String(n))
}

export function money(fen: number): string {
  const sign = fen < 0 ? '-' : ''
  const all = Math.abs(fen)
  const cents = all % 100
  const yuan = String(Math.floor(all / 100))
  return grouped(sign + yuan + (cents ? `.${String(cents).padStart(2, '0')}` : ''))
}

export function bytes(n: number): string {
  if (n < 1024) return `${n} B`
  if (n < 1024 * 1024) return `${Math.round(n / 1024)} KB`
  return `${(n / 1024 / 1024).toFixed(1)} MB`
}
