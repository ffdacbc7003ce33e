import type { Affine } from '../shared/affine.ts'

/** What assembly/index.ts exports; pointers and sizes in bytes. */
export interface Kernels {
  heapBase(): number
  packPixels(source: number, channels: number, bgr: number, count: number, out: number): void
  addRow(row: number, width: number, above: number, below: number): void
  integralRow(frameWidth: number): number
  levelState(width: number): number
  levelWork(width: number): number
  beginLevel(level: number, frame: number): number
  levelRow(level: number, above: number, below: number, frame: number, work: number): number
  blockRow(below: number, factorX: number, factorY: number, width: number, state: number, out: number): void
  blendLevel(frame: number, tapsX: number, tapsY: number, width: number, height: number, out: number): void
  patchWork(width: number): number
  patch(frame: number, crop: number, side: number, work: number, out: number, outRow: number): void
  packPnet(source: number, out: number): void
  packRnet(source: number, out: number): void
  packOnet(source: number, out: number): void
  pnetWeights(): number
  rnetWeights(): number
  onetWeights(): number
  pnetWork(): number
  rnetWork(count: number): number
  onetWork(count: number): number
  beginPnet(search: number): void
  pnet(search: number, bands: number): number
  exactWindows(candidates: number, count: number, height: number, scale: number): void
  rnet(patches: number, count: number, weights: number, work: number, out: number): void
  onet(patches: number, count: number, weights: number, work: number, out: number): void
  nms(
    candidates: number,
    count: number,
    threshold: number,
    smaller: number,
    work: number,
    kept: number,
    firstOrder: number,
  ): number
  nmsWork(count: number): number
  warpWork(reachX: number): number
  warp(warp: number, work: number, out: number): void
  readonly SLACK: WebAssembly.Global
  readonly FRAME: WebAssembly.Global
  readonly CROP: WebAssembly.Global
  readonly AREA_LEVEL: WebAssembly.Global
  readonly LEVEL_SEARCH: WebAssembly.Global
  readonly CANDIDATE: WebAssembly.Global
  readonly WARP: WebAssembly.Global
  readonly RNET_PATCH: WebAssembly.Global
  readonly ONET_PATCH: WebAssembly.Global
  readonly RNET_ANSWER: WebAssembly.Global
  readonly ONET_ANSWER: WebAssembly.Global
  readonly PNET_PARAMETERS: WebAssembly.Global
  readonly RNET_PARAMETERS: WebAssembly.Global
  readonly ONET_PARAMETERS: WebAssembly.Global
}

// The structs that the host fills in for the kernels: their fields in the order of the classes of the same names in assembly/.

/** assembly/frame.ts */
export interface FrameFields {
  readonly pixels: number
  readonly width: number
  readonly height: number
}

export function writeFrame(memory: ArrayBufferLike, pointer: number, { pixels, width, height }: FrameFields): void {
  new Int32Array(memory, pointer, 3).set([pixels, width, height])
}

/** assembly/patch.ts */
export interface CropFields {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
  readonly tapsX: number
  readonly tapsY: number
}

/** Its words, to be kept for many crops: a view of memory costs as much as a small patch. */
export function cropWords(memory: ArrayBufferLike, pointer: number): Int32Array {
  return new Int32Array(memory, pointer, 6)
}

export function writeCrop(words: Int32Array, crop: CropFields): void {
  words[0] = crop.left
  words[1] = crop.top
  words[2] = crop.width
  words[3] = crop.height
  words[4] = crop.tapsX
  words[5] = crop.tapsY
}

/** assembly/levels.ts */
export interface AreaLevelFields {
  readonly columns: number
  readonly rows: number
  readonly width: number
  readonly height: number
  readonly margin: number
  readonly state: number
  readonly out: number
  readonly first: number
  readonly end: number
}

export function writeAreaLevel(memory: ArrayBufferLike, pointer: number, level: AreaLevelFields): void {
  const { columns, rows, width, height, margin, state, out, first, end } = level
  new Int32Array(memory, pointer, 9).set([columns, rows, width, height, 0, state, out, first, end])
  new Float32Array(memory, pointer, 5)[4] = margin
}

/** assembly/pnet.ts */
export interface LevelSearchFields {
  readonly scale: number
  readonly level: number
  readonly width: number
  readonly height: number
  readonly threshold: number
  readonly tie: number
  readonly least: number
  readonly weights: number
  readonly work: number
  readonly out: number
  readonly capacity: number
  readonly first: number
  readonly end: number
}

export function writeLevelSearch(memory: ArrayBufferLike, pointer: number, search: LevelSearchFields): void {
  new Float64Array(memory, pointer, 1)[0] = search.scale
  const words = new Int32Array(memory, pointer, 14)
  words.set([search.level, search.width, search.height], 2)
  new Float32Array(memory, pointer, 8).set([search.threshold, search.tie, search.least], 5)
  words.set([search.weights, search.work, search.out, search.capacity, search.first, search.end], 8)
}

/** How many cells have passed so far. */
export function readLevelCount(memory: ArrayBufferLike, pointer: number): number {
  return new Int32Array(memory, pointer, 15)[14]!
}

/** What lies outside of the image: its nearest pixels, or red, green and blue, 0 to 255. */
export type Fill = 'edge' | readonly [red: number, green: number, blue: number]

/** assembly/warp.ts */
export interface WarpFields {
  /** Crop pixel (X, Y) lies at x = [0] X + [1] Y + [2], y = [3] X + [4] Y + [5] of the source. */
  readonly toSource: Affine
  readonly reachX: number
  readonly reachY: number
  /** Red, green and blue of what lies outside, or the nearest pixels. */
  readonly fill: Fill
  readonly source: number
  /** Bytes from row to row. */
  readonly pitch: number
  readonly sourceWidth: number
  readonly sourceHeight: number
  readonly width: number
  readonly height: number
}

export function writeWarp(memory: ArrayBufferLike, pointer: number, warp: WarpFields): void {
  const { toSource, reachX, reachY, fill, source, pitch, sourceWidth, sourceHeight, width, height } = warp
  new Float64Array(memory, pointer, 8).set([...toSource, reachX, reachY])
  new Float32Array(memory, pointer + 64, 4).set(fill === 'edge' ? [0, 0, 0] : fill)
  const repeat = fill === 'edge' ? 1 : 0
  new Int32Array(memory, pointer + 80, 7).set([repeat, source, pitch, sourceWidth, sourceHeight, width, height])
}
