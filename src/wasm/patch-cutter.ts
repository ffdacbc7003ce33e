import { cropWords, type Kernels, writeCrop } from './abi.ts'
import type { FixedPlan, FramePlan } from './memory-plan.ts'
import type { PatchNet } from './nets.ts'
import { areaTaps, blendTaps, flipTaps, interpolationTaps, tapWords } from './taps.ts'

/** How a patch is cut. */
export interface PatchOptions {
  /** False (default): by area, for boxes of whole pixels; true: see interpolationTaps, for any. */
  readonly interpolated?: boolean
  /** Left and right exchanged; default false. */
  readonly flipped?: boolean
}

/** How many lists of taps are remembered. */
const CACHED_TAPS = 512

/** Cuts boxes out of the frame and resizes them to patches: makes the taps, which many boxes have in common. */
export class PatchCutter {
  readonly #kernels: Kernels
  readonly #memory: WebAssembly.Memory
  readonly #fixed: FixedPlan
  readonly #cache = new Map<number, Int32Array>()
  #plan: FramePlan | undefined
  /** Which taps lie at tapsX, tapsY: the key #loadTaps gives them; 0: none. */
  #loadedX = 0
  #loadedY = 0
  #words: Int32Array = new Int32Array()

  constructor(kernels: Kernels, memory: WebAssembly.Memory, fixed: FixedPlan) {
    this.#kernels = kernels
    this.#memory = memory
    this.#fixed = fixed
  }

  /** Another frame. */
  begin(plan: FramePlan): void {
    this.#plan = plan
    this.#loadedX = 0
    this.#loadedY = 0
  }

  /**
   * Cuts a box (1-based, both edges inside) and writes the patch to `out`.
   *
   * @returns False where the box has no pixel, or is so large that it cannot be a face: then there is no patch.
   */
  cut(
    { side, pitch }: PatchNet,
    out: number,
    x1: number,
    y1: number,
    x2: number,
    y2: number,
    { interpolated = false, flipped = false }: PatchOptions,
  ): boolean {
    const plan = this.#plan
    if (!plan) return false
    const width = x2 - x1 + 1
    const height = y2 - y1 + 1
    const most = plan.largestCrop
    // Written so that NaN is refused.
    if (!(width >= 1 && height >= 1 && width <= most && height <= most)) return false
    // Memory that has grown leaves its views empty.
    if (this.#words.length === 0) this.#words = cropWords(this.#memory.buffer, this.#fixed.crop)
    const { tapsX, tapsY } = plan
    if (interpolated) {
      const x = this.#interpolate(plan, x1 - 1, width, side, flipped, tapsX)
      const y = this.#interpolate(plan, y1 - 1, height, side, false, tapsY)
      this.#loadedX = 0
      this.#loadedY = 0
      // Taps reach up to a target pixel beyond the box.
      if (x.span > most || y.span > most) return false
      writeCrop(this.#words, { left: x.first, top: y.first, width: x.span, height: y.span, tapsX, tapsY })
    } else {
      const blend = width < side || height < side
      this.#loadedX = this.#loadTaps(width, side, blend, flipped, tapsX, this.#loadedX)
      const apart = flipped || width !== height
      if (apart) this.#loadedY = this.#loadTaps(height, side, blend, false, tapsY, this.#loadedY)
      writeCrop(this.#words, { left: x1 - 1, top: y1 - 1, width, height, tapsX, tapsY: apart ? tapsY : tapsX })
    }
    this.#kernels.patch(this.#fixed.frame, this.#fixed.crop, side, this.#fixed.work, out, pitch * 16)
    return true
  }

  #interpolate(plan: FramePlan, from: number, length: number, side: number, flipped: boolean, pointer: number) {
    const words = new Int32Array(this.#memory.buffer, pointer, plan.tapBytes / 4)
    const taps = interpolationTaps(from, length, side, words)
    if (flipped) flipTaps(words, taps.length)
    return taps
  }

  #loadTaps(source: number, side: number, blend: boolean, flipped: boolean, pointer: number, loaded: number): number {
    const key = 4 * (source * 64 + side) + (blend ? 1 : 0) + (flipped ? 2 : 0)
    if (key === loaded) return key
    const target = new Int32Array(this.#memory.buffer, pointer, tapWords(source, side))
    const cached = this.#cache.get(key)
    if (cached) target.set(cached)
    else {
      const length = blend ? blendTaps(source, side, target) : areaTaps(source, side, target)
      if (flipped) flipTaps(target, length)
      if (this.#cache.size >= CACHED_TAPS) this.#cache.clear()
      this.#cache.set(key, target.slice(0, length))
    }
    return key
  }
}
