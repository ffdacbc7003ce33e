import { compileKernels } from '../assets/compile.ts'
import type { Weights } from '../assets/weights.ts'
import type { Pixels } from '../image/pixels.ts'
import { MtcnnError } from '../shared/errors.ts'
import type { Box } from '../shared/face.ts'
import { type Kernels, readLevelCount, writeFrame, writeLevelSearch } from './abi.ts'
import { hullOf, levelRows, mergeRows, NO_ROWS, neededRows, type Rows } from './bands.ts'
import { CandidateList } from './candidates.ts'
import { type Framing, frameSize, writeRows } from './frame-writer.ts'
import { createPyramidResizer } from './levels.ts'
import {
  capacityWithin,
  type FixedPlan,
  type FramePlan,
  type ListPlan,
  type PlannedLevel,
  planFixed,
  planFrame,
  planLists,
  STAGING,
} from './memory-plan.ts'
import type { Level, PatchNet } from './nets.ts'
import { PatchCutter, type PatchOptions } from './patch-cutter.ts'
import { Warper, type WarpImage, type WarpRequest } from './warper.ts'

const PAGE = 65536
/** Pages of the largest memory there can be. */
const MOST_PAGES = 65536
/** Below this no float32 score is 1. */
const CERTAIN = 16
const FIRST_CAPACITY = 4096
/** P-Net's bands of four rows of cells in a portion: some milliseconds. */
const BANDS = 16
const ALL_BANDS = 2 ** 31 - 1
const ALL_CELLS: Rows = { first: 0, end: 2 ** 31 - 1 }

/** Called between portions of work; it may throw, to end the work. */
export type Checkpoint = () => void | Promise<void>

export interface LoadOptions extends Framing {
  /** The rows of cells that will be searched of each level: only the rows of the level under them are made. Default: all. */
  readonly cells?: readonly Rows[]
  /** The rows of the frame that those levels are not made of: 'load' (default), 'later' where `loadRows` wants them, 'never'. */
  readonly rest?: 'load' | 'later' | 'never'
  /** Rows of the frame that come in whatever `rest` says; default none. */
  readonly rows?: Rows
  /** Called after a portion has been copied, and after it has been resized. */
  readonly addTime?: (sum: 'load' | 'resize') => void
  readonly checkpoint?: Checkpoint | undefined
}

export interface ProposeOptions {
  /** Every cell becomes a candidate, whatever its score; default false. */
  readonly everyCell?: boolean
  /** The rows of cells that are searched, whole bands (src/wasm/bands.ts); default all. */
  readonly cells?: Rows
  readonly checkpoint?: Checkpoint | undefined
}

/**
 * The kernels and their memory: the only file that runs them. What lies where, see memory-plan.ts.
 *
 * Candidates are kept in one of two lists, the current one, and suppression puts those it leaves into the other, which is
 * the current one from then on. While a pyramid is searched, the other holds the candidates of one level. Memory grows and
 * is never given back before the whole core goes.
 */
export class Core {
  readonly #kernels: Kernels
  readonly #memory: WebAssembly.Memory
  readonly #fixed: FixedPlan
  readonly #cutter: PatchCutter
  readonly #warper: Warper

  #frame: FramePlan
  /** For each row of the frame whether it has come in. */
  #loaded = new Uint8Array()
  #level = 0
  #lists: ListPlan
  #current: 0 | 1 = 0
  #listCount = 0

  /**
   * Starts the kernels.
   *
   * @throws MtcnnError UNSUPPORTED_PLATFORM where the engine has no WebAssembly SIMD; OUT_OF_MEMORY.
   */
  static async create(source: WebAssembly.Module | Uint8Array, weights: Weights): Promise<Core> {
    const { module } = await compileKernels(source)
    const { memory, kernels } = await instantiate(module)
    return new Core(kernels, memory, weights)
  }

  private constructor(kernels: Kernels, memory: WebAssembly.Memory, weights: Weights) {
    this.#kernels = kernels
    this.#memory = memory
    this.#fixed = planFixed(kernels)
    this.#cutter = new PatchCutter(kernels, memory, this.#fixed)
    this.#warper = new Warper(kernels, memory, (end) => this.#reserve(end))
    this.#pack(weights)
    this.#frame = planFrame(kernels, this.#fixed, 0, 0, [])
    this.#lists = planLists(kernels, this.#frame.lists, 0)
  }

  /** The weights as stored are needed only until they are packed: they pass through what will be work and frame. */
  #pack({ data }: Weights): void {
    const { packPnet, packRnet, packOnet, PNET_PARAMETERS, RNET_PARAMETERS } = this.#kernels
    const { work, weights } = this.#fixed
    this.#reserve(work + data.byteLength + this.#kernels.SLACK.value)
    new Float32Array(this.#memory.buffer, work, data.length).set(data)
    packPnet(work, weights.pnet)
    packRnet(work + 4 * PNET_PARAMETERS.value, weights.rnet)
    packOnet(work + 4 * (PNET_PARAMETERS.value + RNET_PARAMETERS.value), weights.onet)
  }

  /** Bytes of memory held. */
  get bytes(): number {
    return this.#memory.buffer.byteLength
  }

  #reserve(end: number): void {
    const missing = Math.ceil(end / PAGE) - this.bytes / PAGE
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
    const start = this.#frame.lists
    this.#reserve(planLists(this.#kernels, start, capacity).end)
    this.#lists = planLists(this.#kernels, start, capacityWithin(this.#kernels, start, this.bytes))
  }

  /**
   * Makes room for a frame, its levels and the first candidates; there are none yet.
   *
   * @param levels - Largest first.
   * @param rows - Of the frame, those that there is room for; default all.
   * @throws MtcnnError OUT_OF_MEMORY, saying how many bytes it would take.
   */
  planFrame(width: number, height: number, levels: readonly PlannedLevel[], rows?: Rows): void {
    this.#frame = planFrame(this.#kernels, this.#fixed, width, height, levels, rows)
    this.#loaded = new Uint8Array(height)
    this.#cutter.begin(this.#frame)
    this.#planLists(FIRST_CAPACITY)
    this.clear()
    writeFrame(this.#memory.buffer, this.#fixed.frame, { pixels: this.#frame.pixels, width, height })
  }

  /**
   * Brings a rectangle of the caller's pixels in as the frame, turned and with a border where that is wanted, and resizes
   * it to levels, the bytes of OpenCV's INTER_AREA: a few rows at a time, so that they are still in the cache when they are
   * resized. Plans the frame first.
   *
   * @param levels - Largest first.
   * @throws MtcnnError OUT_OF_MEMORY, saying how many bytes it would take; INVALID_IMAGE where bytes are gone meanwhile.
   */
  async loadFrame(
    pixels: Pixels,
    region: Readonly<Box>,
    levels: readonly Level[],
    { cells, rest = 'load', rows: wanted = NO_ROWS, addTime = () => {}, checkpoint, ...framing }: LoadOptions = {},
  ): Promise<void> {
    const { width, height } = frameSize(region, framing)
    const planned = cells ? levels.map((level, n) => ({ ...level, rows: levelRows(level, cells[n]!) })) : levels
    const whole = { first: 0, end: height }
    const needed = cells && rest !== 'load' ? mergeRows([wanted, ...neededRows(height, levels, cells)]) : [whole]
    this.planFrame(width, height, planned, rest === 'never' ? hullOf(needed) : whole)
    const plan = this.#frame
    const frame = { frame: this.#fixed.frame, pixels: plan.pixels, width, height }
    const resizer = createPyramidResizer(
      this.#kernels,
      this.#memory.buffer,
      frame,
      planned,
      plan.levels,
      plan.levelWork,
    )
    addTime('resize')
    for (const rows of needed) {
      await this.#bringIn(pixels, region, rows, { ...framing, addTime, checkpoint }, (come) => resizer.advance(come))
    }
    while (resizer.upscale()) if (checkpoint) await checkpoint()
    addTime('resize')
    this.useLevel(0)
  }

  /** Brings rows of the frame in, a few at a time. */
  async #bringIn(
    pixels: Pixels,
    region: Readonly<Box>,
    { first, end }: Rows,
    { addTime = () => {}, checkpoint, ...framing }: LoadOptions,
    then: (rows: Rows) => void,
  ): Promise<void> {
    const portion = Math.max(1, Math.floor(STAGING / (this.#frame.width * pixels.channels)))
    for (let y = first; y < end; y += portion) {
      if (checkpoint) await checkpoint()
      const rows = { first: y, end: Math.min(y + portion, end) }
      writeRows(this.#kernels, this.#memory.buffer, this.#frame, pixels, region, framing, rows.first, rows.end)
      this.#loaded.fill(1, rows.first, rows.end)
      addTime('load')
      then(rows)
      addTime('resize')
    }
  }

  /**
   * Brings in those rows of the frame that `loadFrame` has left for later; for pixels, region and framing as it had them. The
   * candidates stay.
   *
   * @throws MtcnnError INVALID_IMAGE where bytes are gone meanwhile.
   */
  async loadRows(pixels: Pixels, region: Readonly<Box>, rows: Rows, options: LoadOptions = {}): Promise<void> {
    const first = Math.max(rows.first, 0)
    const end = Math.min(rows.end, this.#frame.height)
    for (let y = first; y < end; ) {
      const missing = this.#loaded.indexOf(0, y)
      if (missing < 0 || missing >= end) return
      const next = this.#loaded.indexOf(1, missing)
      y = next < 0 ? end : Math.min(next, end)
      await this.#bringIn(pixels, region, { first: missing, end: y }, options, () => {})
    }
  }

  /** Which of the frame's levels is meant from here on. */
  useLevel(index: number): void {
    this.#level = this.#frame.levels[index]?.pixels ?? 0
  }

  /** Rows of the level in use, those that have been made; default all: u8 [rows][width][3]. Valid until memory grows. */
  levelPixels({ width, height }: Level, { first, end }: Rows = { first: 0, end: height }): Uint8Array {
    return new Uint8Array(this.#memory.buffer, this.#level + 3 * width * first, 3 * width * (end - first))
  }

  /**
   * P-Net over the level in use, or some of its rows: its cells whose score is at least `threshold` become the candidates of the level.
   *
   * @returns How many there are.
   */
  async propose(level: Level, threshold: number, options: ProposeOptions = {}): Promise<number> {
    const { everyCell = false, cells = ALL_CELLS, checkpoint } = options
    const tie = threshold < 1 ? Math.log(threshold / (1 - threshold)) : CERTAIN
    // Near 0 and 1 a float32 score stands for many logits.
    const slack = threshold > 0 && threshold < 1 ? 1e-3 + 2 ** -22 / (threshold * (1 - threshold)) : 1e-3
    const { search } = this.#fixed
    for (;;) {
      const { lists, capacity } = this.#lists
      writeLevelSearch(this.#memory.buffer, search, {
        ...level,
        level: this.#level,
        threshold: everyCell ? 0 : threshold,
        tie,
        least: everyCell ? Number.NEGATIVE_INFINITY : tie - slack,
        weights: this.#fixed.weights.pnet,
        work: this.#fixed.work,
        out: lists[1 - this.#current]!,
        capacity,
        ...cells,
      })
      this.#kernels.beginPnet(search)
      while (this.#kernels.pnet(search, checkpoint ? BANDS : ALL_BANDS)) await checkpoint?.()
      const count = readLevelCount(this.#memory.buffer, search)
      if (this.#listCount + count <= capacity) return count
      this.levelCandidates(count)
    }
  }

  /**
   * The `count` candidates of the level in use; their tags are their cells. Where there was no room for so many there is
   * afterwards, and what they were is lost. Valid until memory grows.
   */
  levelCandidates(count: number): CandidateList {
    if (this.#listCount + count > this.#lists.capacity) {
      const kept = this.#bytesOf(this.#current, this.#listCount).slice()
      this.#planLists(Math.max(this.#listCount + count, 2 * this.#lists.capacity))
      this.#bytesOf(this.#current, this.#listCount).set(kept)
    }
    return this.#list(this.#other, count)
  }

  /** Makes candidates that were copied from such lists, of one level, those of the level in use; returns how many they are. */
  putLevelCandidates(parts: readonly Uint8Array[]): number {
    const record = this.#kernels.CANDIDATE.value
    const count = parts.reduce((sum, part) => sum + part.length, 0) / record
    this.levelCandidates(count)
    let at = this.#lists.lists[this.#other]
    const memory = new Uint8Array(this.#memory.buffer)
    for (const part of parts) {
      memory.set(part, at)
      at += part.length
    }
    return count
  }

  /** A copy of the `count` candidates of the level in use. */
  copyLevelCandidates(count: number): Uint8Array<ArrayBuffer> {
    return this.#bytesOf(this.#other, count).slice() as Uint8Array<ArrayBuffer>
  }

  /**
   * Suppression among the `count` candidates of the level in use; those left are added to the current list.
   *
   * @returns How many are left.
   */
  suppressLevel(count: number, threshold: number): number {
    const left = this.#suppress(this.#other, count, threshold, 'union', this.#listCount)
    this.#listCount += left
    return left
  }

  /** Gives the last `count` candidates, which `suppressLevel` has just added, the windows of their cells without rounding. */
  useExactWindows(level: Level, count: number): void {
    const first = this.#lists.lists[this.#current] + (this.#listCount - count) * this.#kernels.CANDIDATE.value
    this.#kernels.exactWindows(first, count, level.height, level.scale)
  }

  /** The current list. Valid until memory grows. */
  get candidates(): CandidateList {
    return this.#list(this.#current, this.#listCount)
  }

  /** Empties the current list. */
  clear(): void {
    this.#listCount = 0
  }

  /** Of the current list, keeps the first `count`. */
  keep(count: number): void {
    this.#listCount = count
  }

  /**
   * Suppression in the current list; those left are ordered by descending score.
   *
   * @param overlap - 'union': intersection over union; 'smaller': over the smaller area.
   * @returns How many are left.
   */
  suppress(threshold: number, overlap: 'union' | 'smaller'): number {
    this.#listCount = this.#suppress(this.#current, this.#listCount, threshold, overlap, 0)
    this.#current = this.#other
    return this.#listCount
  }

  get #other(): 0 | 1 {
    return this.#current === 0 ? 1 : 0
  }

  #list(which: 0 | 1, count: number): CandidateList {
    return new CandidateList(this.#memory.buffer, this.#lists.lists[which], count)
  }

  #bytesOf(which: 0 | 1, count: number): Uint8Array {
    return new Uint8Array(this.#memory.buffer, this.#lists.lists[which], count * this.#kernels.CANDIDATE.value)
  }

  /** From one list into the other, behind the `behind` that are there. */
  #suppress(from: 0 | 1, count: number, threshold: number, overlap: 'union' | 'smaller', behind: number): number {
    const { lists, work } = this.#lists
    const to = lists[from === 0 ? 1 : 0] + behind * this.#kernels.CANDIDATE.value
    return this.#kernels.nms(lists[from], count, threshold, overlap === 'union' ? 0 : 1, work, to, behind)
  }

  /**
   * Cuts a box (1-based, both edges inside) out of the frame and resizes it to patch `index` of a net's batch.
   *
   * @returns False where the box has no pixel, or is so large that it cannot be a face: then there is no patch.
   */
  makePatch(
    net: PatchNet,
    index: number,
    x1: number,
    y1: number,
    x2: number,
    y2: number,
    options: PatchOptions = {},
  ): boolean {
    const out = this.#fixed.patches[net.name] + index * net.pitch * net.pitch * 16
    return this.#cutter.cut(net, out, x1, y1, x2, y2, options)
  }

  /** The patches of a net's batch: f32 [count][pitch][pitch][4], normalised. Valid until memory grows. */
  patches(net: PatchNet, count: number): Float32Array {
    return new Float32Array(this.#memory.buffer, this.#fixed.patches[net.name], count * net.pitch * net.pitch * 4)
  }

  /** The answers of the batch run last: f32 [count][answer]. Valid until memory grows. */
  answers(net: PatchNet, count: number): Float32Array {
    return new Float32Array(this.#memory.buffer, this.#fixed.answers, count * net.answer)
  }

  /**
   * Makes a crop of the frame. It lies where the candidates were: there are none afterwards.
   *
   * @param image - What the frame is, or is cut out of.
   * @returns f32 [height][width][3], 0 to 255, not rounded. Valid until memory grows or is used for something else.
   * @throws MtcnnError OUT_OF_MEMORY
   */
  warp(image: WarpImage, request: WarpRequest): Float32Array {
    this.clear()
    return this.#warper.warp(this.#frame, image, request)
  }

  /** R-Net or O-Net on the first `count` patches of its batch. */
  run({ name }: PatchNet, count: number): void {
    const { patches, weights, work, answers } = this.#fixed
    this.#kernels[name](patches[name], count, weights[name], work, answers)
  }
}

async function instantiate(module: WebAssembly.Module): Promise<{ memory: WebAssembly.Memory; kernels: Kernels }> {
  try {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: MOST_PAGES })
    const { exports } = await WebAssembly.instantiate(module, { env: { memory } })
    return { memory, kernels: exports as unknown as Kernels }
  } catch (cause) {
    if (cause instanceof RangeError) {
      throw new MtcnnError('OUT_OF_MEMORY', 'the engine gives no memory for WebAssembly: dispose of other detectors', {
        cause,
      })
    }
    throw new MtcnnError('UNSUPPORTED_PLATFORM', 'this engine cannot run WebAssembly with SIMD', { cause })
  }
}
