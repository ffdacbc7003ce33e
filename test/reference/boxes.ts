/**
 * Arithmetic on boxes, in float64. x1, y1, x2, y2 in image pixels, x2 and y2 being the last pixel (inclusive).
 */

export type Corners = [x1: number, y1: number, x2: number, y2: number]

/** A box on its way through the cascade. */
export interface Candidate {
  box: Corners
  score: number
  /** dx1, dy1, dx2, dy2 in fractions of the box, from the last net it went through */
  regression: ArrayLike<number>
}

/**
 * The 12 px window of P-Net's cell (x, y) in image pixels, truncated.
 */
export function cellBox(x: number, y: number, scale: number): Corners {
  const at = (level: number) => Math.trunc(level / scale)
  return [at(2 * x + 1), at(2 * y + 1), at(2 * x + 12), at(2 * y + 12)]
}

/**
 * Moves each edge by its share of the side. `inclusive` is added to the sides: 0 after P-Net, 1 after R-Net and O-Net.
 */
export function regress([x1, y1, x2, y2]: Corners, [dx1, dy1, dx2, dy2]: number[], inclusive: 0 | 1): Corners {
  const w = x2 - x1 + inclusive
  const h = y2 - y1 + inclusive
  return [x1 + dx1! * w, y1 + dy1! * h, x2 + dx2! * w, y2 + dy2! * h]
}

/**
 * The square around the same centre, as long as the longer side.
 */
export function square([x1, y1, x2, y2]: Corners): Corners {
  const w = x2 - x1
  const h = y2 - y1
  const side = Math.max(w, h)
  const left = x1 + w / 2 - side / 2
  const top = y1 + h / 2 - side / 2
  return [left, top, left + side, top + side]
}

/**
 * Each coordinate rounded toward zero (no negative zero).
 */
export function truncate(box: Corners): Corners {
  return box.map((value) => Math.trunc(value) + 0) as Corners
}
