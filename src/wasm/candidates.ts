/** Bytes of a record. */
const RECORD = 64

/**
 * Candidates in the core's memory, the same for all stages; assembly/candidate.ts has the record.
 *
 *   byte 0  f64 x1, y1, x2, y2    pixels of the searched image
 *       32  f32 score             of the last net it passed
 *       36  u32 order             of two equal scores the larger goes first
 *       40  f32 [4] regression    dx1, dy1, dx2, dy2 in fractions of the box, from the last net it passed
 *       56  f32 logit             P-Net's
 *       60  u32 tag               survives suppression; P-Net's cell at first, then the host's
 */
export class CandidateList {
  readonly length: number
  readonly #bytes: Uint8Array
  readonly #doubles: Float64Array
  readonly #floats: Float32Array
  readonly #words: Uint32Array

  constructor(buffer: ArrayBufferLike, pointer: number, length: number) {
    this.length = length
    this.#bytes = new Uint8Array(buffer, pointer, length * RECORD)
    this.#doubles = new Float64Array(buffer, pointer, length * 8)
    this.#floats = new Float32Array(buffer, pointer, length * 16)
    this.#words = new Uint32Array(buffer, pointer, length * 16)
  }

  x1(index: number): number {
    return this.#doubles[8 * index]!
  }

  y1(index: number): number {
    return this.#doubles[8 * index + 1]!
  }

  x2(index: number): number {
    return this.#doubles[8 * index + 2]!
  }

  y2(index: number): number {
    return this.#doubles[8 * index + 3]!
  }

  corners(index: number): { x1: number; y1: number; x2: number; y2: number } {
    return { x1: this.x1(index), y1: this.y1(index), x2: this.x2(index), y2: this.y2(index) }
  }

  score(index: number): number {
    return this.#floats[16 * index + 8]!
  }

  order(index: number): number {
    return this.#words[16 * index + 9]!
  }

  tag(index: number): number {
    return this.#words[16 * index + 15]!
  }

  regression(index: number, edge: number): number {
    return this.#floats[16 * index + 10 + edge]!
  }

  logit(index: number): number {
    return this.#floats[16 * index + 14]!
  }

  /** The edges are finite, and the second of either pair is not before the first. */
  isBox(index: number): boolean {
    const width = this.x2(index) - this.x1(index)
    const height = this.y2(index) - this.y1(index)
    // Neither is true of an infinity less itself, nor of what is no number.
    return width >= 0 && width < Number.POSITIVE_INFINITY && height >= 0 && height < Number.POSITIVE_INFINITY
  }

  /** Moves those for which `keep` is true to the front, in their order; returns how many they are. */
  filter(keep: (index: number) => boolean): number {
    let kept = 0
    for (let n = 0; n < this.length; n++) {
      if (!keep(n)) continue
      if (kept < n) this.#bytes.copyWithin(kept * RECORD, n * RECORD, (n + 1) * RECORD)
      kept++
    }
    return kept
  }

  setBox(index: number, x1: number, y1: number, x2: number, y2: number): void {
    const doubles = this.#doubles
    doubles[8 * index] = x1
    doubles[8 * index + 1] = y1
    doubles[8 * index + 2] = x2
    doubles[8 * index + 3] = y2
  }

  /** Moves candidate `from` to index `to`, with what a later net said of it. */
  advance(from: number, to: number, score: number, regression: Float32Array, tag = 0): void {
    this.#doubles.copyWithin(8 * to, 8 * from, 8 * from + 4)
    this.#floats[16 * to + 8] = score
    this.#words[16 * to + 9] = to
    this.#floats.set(regression, 16 * to + 10)
    this.#words[16 * to + 15] = tag
  }

  /**
   * Moves each edge by its share of the side; `inclusive` is added to the sides: 0 after P-Net unless patches are cut to
   * subpixels, else 1.
   */
  regress(index: number, inclusive: 0 | 1): void {
    const d = this.#doubles
    const f = this.#floats
    const at = 8 * index
    const r = 16 * index + 10
    const width = d[at + 2]! - d[at]! + inclusive
    const height = d[at + 3]! - d[at + 1]! + inclusive
    d[at] = d[at]! + f[r]! * width
    d[at + 1] = d[at + 1]! + f[r + 1]! * height
    d[at + 2] = d[at + 2]! + f[r + 2]! * width
    d[at + 3] = d[at + 3]! + f[r + 3]! * height
  }

  /**
   * The square around the same centre as long as the longer side.
   *
   * @param rounding - 'truncated': each coordinate rounded toward zero.
   */
  square(index: number, rounding: 'truncated' | 'none'): void {
    const x1 = this.x1(index)
    const y1 = this.y1(index)
    const width = this.x2(index) - x1
    const height = this.y2(index) - y1
    const side = Math.max(width, height)
    const left = x1 + width / 2 - side / 2
    const top = y1 + height / 2 - side / 2
    if (rounding === 'none') {
      this.setBox(index, left, top, left + side, top + side)
      return
    }
    const { trunc } = Math
    // + 0: no negative zero.
    this.setBox(index, trunc(left) + 0, trunc(top) + 0, trunc(left + side) + 0, trunc(top + side) + 0)
  }
}
