/* What a photo says of itself against what its record says. Advice to whoever reads it: nothing hangs on it (decision 42). */
import type { Kind, Rec, StoredFile } from '@/api/types'
import { asPlace, type Place } from '../place/place'
import { say, w } from '@/i18n'
import { daysBetween, toLocalText } from '@/i18n/format'

/* Project defaults. */
const APART_DAYS = 3 // a time farther from the day it belongs to is pointed out
const APART_METRES = 500 // so is a place farther from the record's: a large works is as wide
const CLOCK_MS = 10 * 60 * 1000 // clocks of two devices may differ by this
const CHINA = { west: 73, east: 136, south: 3, north: 54 }

const EARTH_METRES = 6371008.8

export function metresBetween(a: Place, b: Place): number {
  const rad = (t: string) => (Number(t) * Math.PI) / 180
  const h =
    Math.sin((rad(b.lat) - rad(a.lat)) / 2) ** 2 +
    Math.cos(rad(a.lat)) * Math.cos(rad(b.lat)) * Math.sin((rad(b.lon) - rad(a.lon)) / 2) ** 2
  return 2 * EARTH_METRES * Math.asin(Math.sqrt(h))
}

/* A receiver in a phone is right to some metres. */
export function farWords(metres: number): string {
  if (metres < 1000) return w.value.record.metres(String(Math.round(metres / 10) * 10))
  return w.value.record.kilometres(metres < 100_000 ? (metres / 1000).toFixed(1) : String(Math.round(metres / 1000)))
}

export function placeOf(kind?: Kind, record?: Rec): Place | null {
  const f = kind?.fields.find((x) => x.type === 'place')
  return f ? asPlace(record?.[f.name]) : null
}

function isAbroad(p: Place): boolean {
  const [lon, lat] = [Number(p.lon), Number(p.lat)]
  return lon < CHINA.west || lon > CHINA.east || lat < CHINA.south || lat > CHINA.north
}

export function hintsOf(file: StoredFile, kind?: Kind, record?: Rec): string[] {
  const words = w.value.record
  const taken = file.taken
  const hints: string[] = []
  const belongs = kind?.fields.find((f) => f.name === file.field)?.shows_on
  const dayField = kind?.fields.find((f) => f.name === belongs)
  const day = dayField && record?.[dayField.name]
  if (taken?.at && file.at && Date.parse(taken.at) > Date.parse(file.at) + CLOCK_MS) hints.push(words.takenAfter)
  else if (taken?.at && dayField && typeof day === 'string') {
    const apart = daysBetween(day, toLocalText(taken.at).slice(0, 10))
    if (apart < -APART_DAYS) hints.push(words.takenEarly(-apart, say(dayField.label)))
    if (apart > APART_DAYS) hints.push(words.takenLate(apart, say(dayField.label)))
  }
  const own = placeOf(kind, record)
  if (taken?.place && own) {
    const far = metresBetween(taken.place, own)
    if (far > APART_METRES) hints.push(words.takenFar(farWords(far)))
  } else if (taken?.place && isAbroad(taken.place)) hints.push(words.takenAbroad)
  return hints
}
