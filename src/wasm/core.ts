import type { Weights } from '../assets/weights.ts'
import type { Pixels } from '../image/pixels.ts'
import { MtcnnError } from '../shared/errors.ts'
import type { Box } from '../shared/face.ts'
import type { Kernels } from './abi.ts'
import { CandidateList } from './candidates.ts'
import { aligned, type LevelPlace, levelWork, placeLevels, walkLevels } from './levels.ts'
import type { Level } from './nets.ts'
import { OUTPUT_NET, type PatchNet, REFINE_NET } from './nets.ts'
import { areaTaps, blendTaps, interpolationTaps, interpolationWords, mirrorTaps, tapWords } from './taps.ts'

const PAGE = 65536
/** Bytes read or written behind the end of pixels and lists by kernels that work on whole vectors. */
const SLACK = 64
/** The caller's rows are brought in by portions of up to this size, or one by one; they stay in the second-level cache. */
const STAGING = 1 << 17
/** A crop longer than so many times the frame's longer side is no face: the shipped nets stay under 4. */
const LARGEST_CROP = 8
/** Bytes of P-Net and R-Net in the container; O-Net comes last. */
const STORED = [4 * 6632, 4 * 100178] as const
/** Below this no float32 score is 1. */
const CERTAIN = 16
const FIRST_CAPACITY = 4096
const CACHED_TAPS = 512

/**
 * The kernels, their memory and the plan of what lies where: the only file that runs them.
 *
 *   constants | packed weights | patches | answers | work | taps x | taps y | frame | levels | list 0 | list 1 | sort
 *   --------------- fixed at creation ---------------|-------- planned for a frame ---------|-- grows with candidates
 *
 * Memory grows and is never given back before the whole core goes.
 */
export class Core {
  readonly #kernels: Kernels
  readonly #memory: WebAssembly.Memory
  readonly #weights: readonly [pnet: number, rnet: number, onet: number]
  readonly #patches: readonly [refine: number, output: number]
  readonly #answers: number
  readonly #work: number
  readonly #netWork: number
  readonly #tapCache = new Map<number, Int32Array>()

  #tapsX = 0
  #tapsY = 0
  /** In the work area, behind what levels are made in: rows as the caller has them. */
  #staging = 0
  #frame = 0
  #frameWidth = 0
  #frameHeight = 0
  #levels: readonly LevelPlace[] = []
  #level = 0
  #lists = 0
  #capacity = 0
  /** Which taps lie at tapsX, tapsY: the key #loadTaps gives them; 0: none. */
  #loadedX = 0
  #loadedY = 0

  /**
   * Starts the kernels.
   *
   * @throws MtcnnError UNSUPPORTED_PLATFORM where the engine has no WebAssembly SIMD.
   */
  static async create(module: WebAssembly.Module | Uint8Array, weights: Weights): Promise<Core> {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536 })
    try {
      const compiled =
        module instanceof WebAssembly.Module ? module : await WebAssembly.compile(module as Uint8Array<ArrayBuffer>)
      const instance = await WebAssembly.instantiate(compiled, { env: { memory } })
      return new Core(instance.exports as unknown as Kernels, memory, weights)
    } catch (cause) {
      if (cause instanceof MtcnnError) throw cause
      throw new MtcnnError('UNSUPPORTED_PLATFORM', 'this engine cannot run WebAssembly with SIMD', { cause })
    }
  }

  private constructor(kernels: Kernels, memory: WebAssembly.Memory, weights: Weights) {
    this.#kernels = kernels
    this.#memory = memory
    let end = aligned(kernels.heapBase())
    const place = (bytes: number): number => {
      const at = end
      end = aligned(end + bytes)
      return at
    }
    this.#weights = [place(kernels.pnetWeights()), place(kernels.rnetWeights()), place(kernels.onetWeights())]
    const patchBytes = ({ batch, pitch }: PatchNet) => batch * pitch * pitch * 16
    this.#patches = [place(patchBytes(REFINE_NET)), place(patchBytes(OUTPUT_NET))]
    this.#answers = place(4 * Math.max(REFINE_NET.batch * REFINE_NET.answer, OUTPUT_NET.batch * OUTPUT_NET.answer))
    this.#work = end
    this.#netWork = Math.max(kernels.pnetWork(), kernels.rnetWork(REFINE_NET.batch), kernels.onetWork(OUTPUT_NET.batch))
    // The weights as stored are needed only until they are packed: they pass through what will be work and frame.
    this.#reserve(this.#work + weights.data.byteLength)
    new Float32Array(memory.buffer, this.#work, weights.data.length).set(weights.data)
    let source = this.#work
    for (const [net, pack] of [kernels.packPnet, kernels.packRnet, kernels.packOnet].entries()) {
      pack(source, this.#weights[net]!)
      source += STORED[net] ?? 0
    }
  }

  /** Bytes of memory held. */
  get bytes(): number {
    return this.#memory.buffer.byteLength
  }

  #reserve(end: number): void {
    const missing = Math.ceil((end + SLACK) / PAGE) - this.#memory.buffer.byteLength / PAGE
    if (missing <= 0) return
    try {
      this.#memory.grow(missing)
    } catch (cause) {
      throw new MtcnnError(
        'OUT_OF_MEMORY',
        `this image takes ${end} bytes of WebAssembly memory, more than the engine gives (4294967296 at most)`,
        { cause },
      )
    }
  }

  /** Makes room for both lists and for sorting one; they take all the memory there is. */
  #planLists(capacity: number): void {
    // Whole pairs, since the kernels work on two candidates at a time.
    const pair = 2 * 2 * 64 + this.#kernels.nmsWork(2)
    this.#reserve(this.#lists + Math.ceil(capacity / 2) * pair)
    this.#capacity = 2 * Math.floor((this.bytes - this.#lists - SLACK) / pair)
  }

  /**
   * Makes room for a frame, its levels and the first candidates.
   *
   * @param levels - Largest first.
   * @throws MtcnnError OUT_OF_MEMORY, saying how many bytes it would take.
   */
  planFrame(width: number, height: number, levels: readonly Level[]): void {
    const crop = LARGEST_CROP * Math.max(width, height)
    const tapBytes = 4 * Math.max(tapWords(crop, OUTPUT_NET.side), interpolationWords(crop, OUTPUT_NET.side))
    // Four rows of 3 * crop + 64 floats: assembly/patch.ts.
    const patchWork = 4 * 4 * (3 * crop + 64)
    this.#staging = aligned(this.#work + levelWork(width, levels[0]?.width ?? 0))
    const staged = Math.max(STAGING, 4 * width) + SLACK
    this.#tapsX = aligned(Math.max(this.#work + this.#netWork, this.#work + patchWork, this.#staging + staged))
    this.#tapsY = aligned(this.#tapsX + tapBytes)
    this.#frame = aligned(this.#tapsY + tapBytes)
    this.#frameWidth = width
    this.#frameHeight = height
    const { places, end } = placeLevels(levels, aligned(this.#frame + 3 * width * height + SLACK))
    this.#levels = places
    this.#lists = end
    this.#loadedX = 0
    this.#loadedY = 0
    this.#planLists(FIRST_CAPACITY)
  }

  /**
   * Brings a rectangle of the caller's pixels in as the frame and resizes it to levels, the bytes of OpenCV's INTER_AREA:
   * a few rows at a time, so that they are still in the cache when they are resized. Plans the frame first.
   *
   * @param levels - Largest first.
   * @param lap - Called after a portion has been copied, and after it has been resized.
   * @throws MtcnnError OUT_OF_MEMORY, saying how many bytes it would take.
   */
  loadFrame(
    pixels: Pixels,
    region: Readonly<Box>,
    levels: readonly Level[],
    lap: (sum: 'load' | 'resize') => void = () => {},
  ): void {
    const { width, height } = region
    this.planFrame(width, height, levels)
    const frame = { pointer: this.#frame, width, height }
    const resizeTo = walkLevels(this.#kernels, this.#memory.buffer, frame, levels, this.#levels, this.#work)
    lap('resize')
    const rows = Math.max(1, Math.floor(STAGING / (width * pixels.channels)))
    for (let y = 0; y < height; y += rows) {
      const end = Math.min(y + rows, height)
      this.#copyRows(pixels, region, y, end)
      lap('load')
      resizeTo(end)
      lap('resize')
    }
    this.useLevel(0)
  }

  #copyRows({ data, channels, order, stride }: Pixels, { x, y, width }: Readonly<Box>, from: number, to: number): void {
    const memory = new Uint8Array(this.#memory.buffer)
    const plain = channels === 3 && order === 'rgb'
    const bgr = order === 'bgr' && channels !== 1 ? 1 : 0
    // Rows that follow each other are one long row.
    const rows = stride === width * channels ? to - from : 1
    for (let row = from; row < to; row += rows) {
      const start = (y + row) * stride + x * channels
      const target = this.#frame + 3 * width * row
      memory.set(data.subarray(start, start + channels * width * rows), plain ? target : this.#staging)
      if (!plain) this.#kernels.packPixels(this.#staging, channels, bgr, width * rows, target)
    }
  }

  #words(pointer: number): Int32Array {
    return new Int32Array(this.#memory.buffer, pointer, (this.#frame - this.#tapsY) / 4)
  }

  /** Which of the frame's levels is meant from here on. */
  useLevel(index: number): void {
    this.#level = this.#levels[index]?.pixels ?? 0
  }

  /** The level in use: u8 [height][width][3]. Valid until memory grows. */
  levelPixels(level: Level): Uint8Array {
    return new Uint8Array(this.#memory.buffer, this.#level, 3 * level.width * level.height)
  }

  /**
   * P-Net over the level in use: writes the cells whose score is at least `threshold` to list 0.
   * Keeps `held` candidates of list 1.
   *
   * @returns How many cells passed.
   */
  propose(level: Level, threshold: number, held: number): number {
    const logit = threshold < 1 ? Math.log(threshold / (1 - threshold)) : CERTAIN
    // Near 0 and 1 a float32 score stands for many logits.
    const slack = threshold > 0 && threshold < 1 ? 1e-3 + 2 ** -22 / (threshold * (1 - threshold)) : 1e-3
    for (;;) {
      const count = this.#kernels.pnet(
        this.#level,
        level.width,
        level.height,
        level.scale,
        threshold,
        logit,
        slack,
        this.#weights[0],
        this.#work,
        this.#lists,
        this.#capacity,
      )
      if (held + count <= this.#capacity) return count
      this.makeRoom(held + count, held)
    }
  }

  /** Makes both lists hold `count` candidates; list 0 is lost, `held` of list 1 are kept. */
  makeRoom(count: number, held: number): void {
    if (count <= this.#capacity) return
    const second = () => new Uint8Array(this.#memory.buffer, this.#lists + this.#capacity * 64, held * 64)
    const kept = second().slice()
    this.#planLists(Math.max(count, 2 * this.#capacity))
    second().set(kept)
  }

  /** `count` candidates of list 0 or 1. Valid until memory grows. */
  list(which: 0 | 1, count: number): CandidateList {
    return new CandidateList(this.#memory.buffer, this.#lists + which * this.#capacity * 64, count)
  }

  /**
   * Non-maximum suppression of `count` candidates of one list into the other, behind the `held` that are there.
   *
   * @param overlap - 'union': intersection over union; 'smaller': over the smaller area.
   * @returns How many are kept.
   */
  suppress(from: 0 | 1, count: number, threshold: number, overlap: 'union' | 'smaller', held = 0): number {
    const list = this.#capacity * 64
    return this.#kernels.nms(
      this.#lists + from * list,
      count,
      threshold,
      overlap === 'union' ? 0 : 1,
      this.#lists + 2 * list,
      this.#lists + (1 - from) * list + held * 64,
      held,
    )
  }

  /**
   * Cuts a box (1-based, both edges inside) out of the frame and resizes it to patch `place` of a net's batch.
   *
   * @param interpolated - False: by area, for boxes of whole pixels; true: see interpolationTaps, for any.
   * @param mirrored - Left and right exchanged.
   * @returns False where the box has no pixel, or is so large that it cannot be a face: then there is no patch.
   */
  makePatch(
    net: PatchNet,
    place: number,
    x1: number,
    y1: number,
    x2: number,
    y2: number,
    interpolated = false,
    mirrored = false,
  ): boolean {
    const width = x2 - x1 + 1
    const height = y2 - y1 + 1
    const most = LARGEST_CROP * Math.max(this.#frameWidth, this.#frameHeight)
    // Written so that NaN is refused.
    if (!(width >= 1 && height >= 1 && width <= most && height <= most)) return false
    const { side } = net
    if (interpolated) {
      const x = this.#interpolationTaps(x1 - 1, width, side, mirrored, this.#tapsX)
      const y = this.#interpolationTaps(y1 - 1, height, side, false, this.#tapsY)
      this.#loadedX = 0
      this.#loadedY = 0
      // Taps reach up to a target pixel beyond the box.
      if (x.span > most || y.span > most) return false
      this.#cut(net, place, x.first, y.first, x.span, y.span, this.#tapsY)
      return true
    }
    const blend = width < side || height < side
    const apart = mirrored || width !== height
    this.#loadedX = this.#loadTaps(width, side, blend, mirrored, this.#tapsX, this.#loadedX)
    if (apart) this.#loadedY = this.#loadTaps(height, side, blend, false, this.#tapsY, this.#loadedY)
    this.#cut(net, place, x1 - 1, y1 - 1, width, height, apart ? this.#tapsY : this.#tapsX)
    return true
  }

  #cut(net: PatchNet, place: number, x: number, y: number, width: number, height: number, tapsY: number): void {
    const { side, pitch } = net
    this.#kernels.patch(
      this.#frame,
      this.#frameWidth,
      this.#frameHeight,
      x,
      y,
      width,
      height,
      this.#tapsX,
      tapsY,
      side,
      this.#work,
      this.#patchPointer(net) + place * pitch * pitch * 16,
      pitch * 16,
    )
  }

  #interpolationTaps(from: number, length: number, side: number, mirrored: boolean, pointer: number) {
    const words = this.#words(pointer)
    const taps = interpolationTaps(from, length, side, words)
    if (mirrored) mirrorTaps(words, taps.length)
    return taps
  }

  #loadTaps(source: number, side: number, blend: boolean, mirrored: boolean, pointer: number, loaded: number): number {
    const key = 4 * (source * 64 + side) + (blend ? 1 : 0) + (mirrored ? 2 : 0)
    if (key === loaded) return key
    const target = new Int32Array(this.#memory.buffer, pointer, tapWords(source, side))
    const cached = this.#tapCache.get(key)
    if (cached) target.set(cached)
    else {
      const length = blend ? blendTaps(source, side, target) : areaTaps(source, side, target)
      if (mirrored) mirrorTaps(target, length)
      if (this.#tapCache.size >= CACHED_TAPS) this.#tapCache.clear()
      this.#tapCache.set(key, target.slice(0, length))
    }
    return key
  }

  #patchPointer(net: PatchNet): number {
    return this.#patches[net.side === 24 ? 0 : 1]
  }

  /** The patches of a net's batch: f32 [count][pitch][pitch][4], normalised. Valid until memory grows. */
  patches(net: PatchNet, count: number): Float32Array {
    return new Float32Array(this.#memory.buffer, this.#patchPointer(net), count * net.pitch * net.pitch * 4)
  }

  /** The answers of the batch run last: f32 [count][answer]. Valid until memory grows. */
  answers(net: PatchNet, count: number): Float32Array {
    return new Float32Array(this.#memory.buffer, this.#answers, count * net.answer)
  }

  /** R-Net or O-Net on the first `count` patches of its batch. */
  run(net: PatchNet, count: number): void {
    const [, rnet, onet] = this.#weights
    const refine = net.side === 24
    const kernel = refine ? this.#kernels.rnet : this.#kernels.onet
    kernel(this.#patchPointer(net), count, refine ? rnet : onet, this.#work, this.#answers)
  }
}
