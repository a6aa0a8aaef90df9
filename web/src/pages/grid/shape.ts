/* From degrees to the plane of the map and back. Within a city a cylinder that is true at its middle is good enough. */
import type { Geometry, Point } from '@/api/grid'

export type Box = { west: number; south: number; east: number; north: number }

/* A unit of the plane is a ten-thousandth of a degree of latitude. */
const UNIT = 10000
const METRES = 111320 / UNIT

export type Plane = { lon: number; lat: number; squeeze: number }

function rings(g: Geometry): Point[][] {
  return g.type === 'Polygon' ? g.coordinates : g.coordinates.flat()
}

export function boxOf(list: Geometry[]): Box | null {
  const box = { west: Infinity, south: Infinity, east: -Infinity, north: -Infinity }
  for (const g of list)
    for (const ring of rings(g))
      for (const [lon, lat] of ring) {
        box.west = Math.min(box.west, lon)
        box.east = Math.max(box.east, lon)
        box.south = Math.min(box.south, lat)
        box.north = Math.max(box.north, lat)
      }
  return box.west <= box.east ? box : null
}

export function planeOf(box: Box): Plane {
  const lat = (box.south + box.north) / 2
  return { lon: (box.west + box.east) / 2, lat, squeeze: Math.cos((lat * Math.PI) / 180) }
}

export function toPlane(plane: Plane, [lon, lat]: Point): Point {
  return [(lon - plane.lon) * plane.squeeze * UNIT, (plane.lat - lat) * UNIT]
}

export function fromPlane(plane: Plane, [x, y]: Point): Point {
  return [plane.lon + x / plane.squeeze / UNIT, plane.lat - y / UNIT]
}

export function pathOf(plane: Plane, g: Geometry): string {
  return rings(g)
    .map((ring) => {
      const points = ring.map((p) => {
        const [x, y] = toPlane(plane, p)
        return `${x.toFixed(2)} ${y.toFixed(2)}`
      })
      return `M${points.join('L')}Z`
    })
    .join('')
}

/* The longest round distance that fits into so many pixels, at so many pixels a unit. */
export function scaleBar(perUnit: number, most: number): { metres: number; width: number } {
  const room = (most / perUnit) * METRES
  const ten = 10 ** Math.floor(Math.log10(room))
  const metres = ten * (room >= 5 * ten ? 5 : room >= 2 * ten ? 2 : 1)
  return { metres, width: (metres / METRES) * perUnit }
}
