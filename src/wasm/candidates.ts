import { WINDOW } from './nets.ts'

/**
 * Candidates in the core's memory: records of 64 bytes, the same for all stages.
 *
 *   byte 0  f64 x1, y1, x2, y2    pixels of the searched image
 *       32  f32 score             of the last net it passed
 *       36  u32 order             of two equal scores the larger goes first
 *       40  f32 [4] regression    dx1, dy1, dx2, dy2 in fractions of the box, from the last net it passed
 *       56  f32 logit             P-Net's
 *       60  u32 tag               for the host: survives suppression
 */
export class CandidateList {
  readonly #doubles: Float64Array
  readonly #floats: Float32Array
  readonly #words: Uint32Array

  constructor(buffer: ArrayBuffer, pointer: number, count: number) {
    this.#doubles = new Float64Array(buffer, pointer, count * 8)
    this.#floats = new Float32Array(buffer, pointer, count * 16)
    this.#words = new Uint32Array(buffer, pointer, count * 16)
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

  score(index: number): number {
    return this.#floats[16 * index + 8]!
  }

  order(index: number): number {
    return this.#words[16 * index + 9]!
  }

  tag(index: number): number {
    return this.#words[16 * index + 15]!
  }

  setBox(index: number, x1: number, y1: number, x2: number, y2: number): void {
    const doubles = this.#doubles
    doubles[8 * index] = x1
    doubles[8 * index + 1] = y1
    doubles[8 * index + 2] = x2
    doubles[8 * index + 3] = y2
  }

  /** Moves candidate `from` to place `to`, with what a later net said of it. */
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
   * Undoes the rounding of a proposal's box: the window of P-Net's cell in a level of this scale. Where a level is more than
   * twice as large as the image, several cells share one rounded box and are given the window of the first.
   */
  unround(index: number, scale: number): void {
    // The cell's (2 * cell + 1) / scale was rounded toward zero; the small number is for the roundings of that division.
    const edge = (rounded: number) => 2 * Math.ceil((rounded * scale - 1) / 2 - 1e-6)
    const left = edge(this.x1(index))
    const top = edge(this.y1(index))
    this.setBox(index, left / scale + 1, top / scale + 1, (left + WINDOW) / scale, (top + WINDOW) / scale)
  }

  /** The square around the same centre as long as the longer side; each coordinate rounded toward zero, if `whole`. */
  square(index: number, whole = true): void {
    const x1 = this.x1(index)
    const y1 = this.y1(index)
    const width = this.x2(index) - x1
    const height = this.y2(index) - y1
    const side = Math.max(width, height)
    const left = x1 + width / 2 - side / 2
    const top = y1 + height / 2 - side / 2
    if (!whole) {
      this.setBox(index, left, top, left + side, top + side)
      return
    }
    const { trunc } = Math
    // + 0: no negative zero.
    this.setBox(index, trunc(left) + 0, trunc(top) + 0, trunc(left + side) + 0, trunc(top + side) + 0)
  }
}
