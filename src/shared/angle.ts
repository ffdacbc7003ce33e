const TERMS = 24

/**
 * The direction of a vector in degrees, over -180 and up to 180: 0 to the right, 90 down, where y grows downwards. Made of
 * additions, products and quotients, which every engine rounds alike: `Math.atan2` differs in its last bits from one to another.
 *
 * @returns 0 for a vector without length.
 * @example direction(0, 5) // 90
 */
export function direction(x: number, y: number): number {
  const [width, height] = [Math.abs(x), Math.abs(y)]
  if (width + height === 0) return 0
  const steep = height > width
  const slope = steep ? width / height : height / width
  // Near 0 few terms of the series will do: over the tangent of 22.5 degrees, the angle is measured from 45 degrees.
  const far = slope > Math.SQRT2 - 1
  const t = far ? (slope - 1) / (slope + 1) : slope
  let series = 0
  for (let n = TERMS; n >= 0; n--) series = 1 / (2 * n + 1) - t * t * series
  let angle = (180 / Math.PI) * t * series
  if (far) angle += 45
  if (steep) angle = 90 - angle
  if (x < 0) angle = 180 - angle
  // 0 - angle: no negative zero.
  return y < 0 && angle < 180 ? 0 - angle : angle
}
