/**
 * An affine map `[a, b, tx, c, d, ty]` of pixels whose centres lie at whole numbers: x' = a x + b y + tx, y' = c x + d y + ty.
 */
export type Affine = readonly [a: number, b: number, tx: number, c: number, d: number, ty: number]

const NOWHERE: Affine = [Number.NaN, Number.NaN, Number.NaN, Number.NaN, Number.NaN, Number.NaN]

/** The map that leads back. Entries that are not finite tell that there is none. */
export function inverseOf([a, b, tx, c, d, ty]: Affine): Affine {
  const area = a * d - b * c
  if (!Number.isFinite(area) || area === 0) return NOWHERE
  // 0 - b and not -b: no negative zero.
  return [d / area, (0 - b) / area, (b * ty - d * tx) / area, (0 - c) / area, a / area, (c * tx - a * ty) / area]
}
