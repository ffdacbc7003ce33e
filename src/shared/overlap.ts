/** A box by its edges. */
export interface Edges {
  readonly x1: number
  readonly y1: number
  readonly x2: number
  readonly y2: number
}

/** The area that two boxes share. */
export function intersection(a: Edges, b: Edges): number {
  const width = Math.min(a.x2, b.x2) - Math.max(a.x1, b.x1)
  const height = Math.min(a.y2, b.y2) - Math.max(a.y1, b.y1)
  return width > 0 && height > 0 ? width * height : 0
}

export function areaOf({ x1, y1, x2, y2 }: Edges): number {
  return (x2 - x1) * (y2 - y1)
}

/** Intersection over union: 1 for the same boxes, 0 for such as do not meet. */
export function unionOverlap(a: Edges, b: Edges): number {
  const both = intersection(a, b)
  return both > 0 ? both / (areaOf(a) + areaOf(b) - both) : 0
}

/** Intersection over the smaller area. */
export function smallerOverlap(a: Edges, b: Edges): number {
  const both = intersection(a, b)
  return both > 0 ? both / Math.min(areaOf(a), areaOf(b)) : 0
}
