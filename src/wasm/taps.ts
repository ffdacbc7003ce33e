/**
 * Which source pixels make a target pixel, and with what weight, along one axis: OpenCV's INTER_AREA.
 * The kernels (assembly/levels.ts, patch.ts) read these lists front to back.
 */

/** How a pair of sizes is resampled. */
export type Method =
  /** Both axes shrink by whole factors: the mean of a block. */
  | { readonly kind: 'block'; readonly factorX: number; readonly factorY: number }
  /** Neither axis grows: pixels weighted by the area they share. */
  | { readonly kind: 'area' }
  /** An axis grows: bilinear on both, with the offsets of areas. */
  | { readonly kind: 'blend' }

/** Source pixels per target pixel, by way of the rounded inverse, as in OpenCV. */
function stepOf(source: number, target: number): number {
  return 1 / (target / source)
}

/** Which method a resize takes; sizes in pixels. */
export function methodFor(sourceWidth: number, sourceHeight: number, width: number, height: number): Method {
  const x = stepOf(sourceWidth, width)
  const y = stepOf(sourceHeight, height)
  if (x < 1 || y < 1) return { kind: 'blend' }
  const factorX = Math.round(x)
  const factorY = Math.round(y)
  const whole = Math.abs(x - factorX) < Number.EPSILON && Math.abs(y - factorY) < Number.EPSILON
  return whole ? { kind: 'block', factorX, factorY } : { kind: 'area' }
}

/** A list under construction: whole numbers and float32 weights share its words. */
class TapList {
  readonly floats: Float32Array
  length = 0

  constructor(readonly words: Int32Array) {
    this.floats = new Float32Array(words.buffer, words.byteOffset, words.length)
  }

  int(value: number): void {
    this.words[this.length++] = value
  }

  float(value: number): void {
    this.floats[this.length++] = value
  }
}

/** An upper bound for the words of any list below. */
export function tapWords(source: number, target: number): number {
  return source + 4 * target
}

/** What target index `d` of an axis that does not grow is made of: whole source pixels, and a part of one on either side. */
class Overlap {
  /** First and last whole source pixel; none where the last is before the first. */
  first = 0
  last = 0
  /** Weights of the pixel before, of a whole one, and of the pixel after. */
  before = 0
  inside = 0
  after = 0

  set(d: number, step: number, source: number): void {
    const from = d * step
    const to = from + step
    const cell = Math.min(step, source - from)
    const end = Math.min(Math.floor(to), source - 1)
    this.first = Math.min(Math.ceil(from), end)
    this.last = end - 1
    // Slivers under a thousandth of a pixel are left out, and nothing makes up for their weight.
    this.before = this.first - from > 1e-3 ? (this.first - from) / cell : 0
    this.inside = 1 / cell
    this.after = to - end > 1e-3 ? Math.min(to - end, 1, cell) / cell : 0
  }
}

/**
 * Taps of an axis that does not grow. For each target index: first source index, count, then as many float32 weights.
 *
 * @param words - Room for tapWords(source, target) words.
 * @returns How many words were written.
 */
export function areaTaps(source: number, target: number, words: Int32Array): number {
  const list = new TapList(words)
  const step = stepOf(source, target)
  const part = new Overlap()
  for (let d = 0; d < target; d++) {
    part.set(d, step, source)
    const { first, last, before, inside, after } = part
    list.int(before > 0 ? first - 1 : first)
    list.int(last - first + 1 + (before > 0 ? 1 : 0) + (after > 0 ? 1 : 0))
    if (before > 0) list.float(before)
    for (let q = first; q <= last; q++) list.float(inside)
    if (after > 0) list.float(after)
  }
  return list.length
}

/** Words of {@link areaEdges}. */
export function edgeWords(target: number): number {
  return 4 * (target + 1)
}

/**
 * The same weights by the edges between target pixels. For each target index, and one more: the source pixel in which it
 * begins and the one before ends (-1 for the first), then for all but the last the float32 weights of that pixel, of the
 * pixels inside, and of the next edge's.
 *
 * @param words - Room for edgeWords(target) words.
 * @returns The largest number of source pixels under a target pixel.
 */
export function areaEdges(source: number, target: number, words: Int32Array): number {
  const list = new TapList(words)
  const step = stepOf(source, target)
  const part = new Overlap()
  let edge = -1
  let most = 0
  for (let d = 0; d < target; d++) {
    part.set(d, step, source)
    const { last, before, inside, after } = part
    const next = d + 1 < target ? Math.ceil((d + 1) * step) - 1 : source - 1
    list.int(edge)
    list.float(before)
    list.float(inside)
    // Where a target pixel ends with a source pixel, the last one inside is the edge's.
    list.float(next > last ? after : inside)
    most = Math.max(most, next - edge + 1)
    edge = next
  }
  list.int(edge)
  return most
}

/** The two neighbours a target index lies between, and the float32 share of the second. */
function neighbours(d: number, source: number, target: number): { first: number; share: number } {
  const inverse = target / source
  const first = Math.min(Math.floor(d * (1 / inverse)), source - 1)
  const past = Math.fround(d + 1 - (first + 1) * inverse)
  const share = past <= 0 || first === source - 1 ? 0 : Math.fround(past - Math.floor(past))
  return { first, share }
}

/** Taps of an axis that may grow, in the form of {@link areaTaps}: one or two weights each. */
export function blendTaps(source: number, target: number, words: Int32Array): number {
  const list = new TapList(words)
  for (let d = 0; d < target; d++) {
    const { first, share } = neighbours(d, source, target)
    list.int(first)
    list.int(share > 0 ? 2 : 1)
    list.float(1 - share)
    if (share > 0) list.float(share)
  }
  return list.length
}

function roundHalfEven(value: number): number {
  const down = Math.floor(value)
  const part = value - down
  return part > 0.5 || (part === 0.5 && down % 2 !== 0) ? down + 1 : down
}

/** The same in fixed point. For each target index: first source index, second, their weights in 1/2048. */
export function fixedTaps(source: number, target: number, words: Int32Array): number {
  const list = new TapList(words)
  for (let d = 0; d < target; d++) {
    const { first, share } = neighbours(d, source, target)
    list.int(first)
    list.int(Math.min(first + 1, source - 1))
    list.int(roundHalfEven(Math.fround(1 - share) * 2048))
    list.int(roundHalfEven(share * 2048))
  }
  return list.length
}

/** Weight of a source pixel `t` source pixels away when enlarging: cubic convolution (Keys 1981, a = -1/2). */
function cubic(t: number): number {
  const x = Math.abs(t)
  if (x >= 2) return 0
  return x < 1 ? (1.5 * x - 2.5) * x * x + 1 : ((-0.5 * x + 2.5) * x - 4) * x + 2
}

/** An upper bound for the words of {@link interpolationTaps}. */
export function interpolationWords(length: number, target: number): number {
  return Math.max(2 * Math.ceil(length) + 3 * target, 7 * target)
}

/**
 * Taps of an interval of source pixels that need not begin or end on a pixel's edge, in the form of {@link areaTaps}: cubic
 * convolution where it is enlarged, a triangle two target pixels wide where it is shrunk. They reach a little beyond the
 * interval: what is there is part of the picture too.
 *
 * @param from - Where the interval begins; pixel n is [n, n + 1).
 * @param length - Source pixels, not rounded.
 * @param words - Room for interpolationWords(length, target) words.
 * @returns How many words were written; the source pixel that the lists call 0, and how many there are from it.
 */
export function interpolationTaps(
  from: number,
  length: number,
  target: number,
  words: Int32Array,
): { length: number; first: number; span: number } {
  const list = new TapList(words)
  const step = length / target
  const enlarged = step < 1
  const reach = enlarged ? 2 : step
  const centreOf = (d: number) => from + (d + 0.5) * step - 0.5
  const start = Math.ceil(centreOf(0) - reach)
  for (let d = 0; d < target; d++) {
    const centre = centreOf(d)
    const first = Math.ceil(centre - reach)
    const count = Math.floor(centre + reach) - first + 1
    list.int(first - start)
    list.int(count)
    const weights = list.length
    let sum = 0
    for (let q = first; q < first + count; q++) {
      const weight = enlarged ? cubic(q - centre) : 1 - Math.abs(q - centre) / step
      list.float(weight)
      sum += weight
    }
    for (let n = weights; n < list.length; n++) list.floats[n] = list.floats[n]! / sum
  }
  return { length: list.length, first: start, span: Math.floor(centreOf(target - 1) + reach) - start + 1 }
}

/** Turns taps in the form of {@link areaTaps} round, so that the target pixels come out last to first: a patch is flipped. */
export function flipTaps(words: Int32Array, length: number): void {
  const forward = words.slice(0, length)
  let end = length
  for (let at = 0; at < length; ) {
    const size = 2 + forward[at + 1]!
    end -= size
    words.set(forward.subarray(at, at + size), end)
    at += size
  }
}

/**
 * How far the kernel's sums of bytes can lie from OpenCV's float32 sums, which are rounded at every tap, in units of 2 ** -17,
 * half of the last place of 256. A sum that has taken in a share t of the weights is at most t * 255, and its last place the
 * smaller for it, so the additions along an axis make up for two thirds of a unit each. Products make up for two along an
 * axis; the kernel's own float32 steps for 21 at most, where nothing is shrunk, and four for the weights inside as one.
 */
export function areaMargin(mostX: number, mostY: number): number {
  return ((2 / 3) * (mostX + mostY) + 30) * 2 ** -17
}
