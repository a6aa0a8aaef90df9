import { w } from '@/i18n'

/* In the unit people would say it in. */
export function sizeWords(squareMetres: number): string {
  const n = (v: number, digits: number) => v.toLocaleString('en', { maximumFractionDigits: digits })
  if (squareMetres >= 1e6) return `${n(squareMetres / 1e6, squareMetres >= 1e8 ? 0 : 1)} ${w.value.grid.km2}`
  if (squareMetres >= 1e4) return `${n(squareMetres / 1e4, 1)} ${w.value.grid.hectare}`
  return `${n(squareMetres, 0)} ${w.value.grid.m2}`
}
