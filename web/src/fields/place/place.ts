import type { Json } from '@/api/types'

export type Place = { lon: string; lat: string }

export function asPlace(value: Json | undefined): Place | null {
  if (!value || typeof value !== 'object' || Array.isArray(value)) return null
  const { lon, lat } = value
  return typeof lon === 'string' && typeof lat === 'string' ? { lon, lat } : null
}

function within(text: string, most: number): boolean {
  return /^-?\d{1,3}(\.\d{1,7})?$/.test(text) && Math.abs(Number(text)) <= most
}

export function rightPlace(p: Place): boolean {
  return within(p.lon, 180) && within(p.lat, 90)
}

export function shortPlace(p: Place): string {
  const short = (t: string) => t.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '')
  return `${short(p.lon)}, ${short(p.lat)}`
}
