/** What assembly/index.ts exports; pointers and sizes in bytes. */
export interface Kernels {
  heapBase(): number
  packPixels(source: number, channels: number, bgr: number, count: number, out: number): void
  addRow(row: number, width: number, above: number, below: number): void
  beginLevel(level: number, frameWidth: number, frameHeight: number): number
  levelRow(level: number, above: number, below: number, frame: number, frameWidth: number, work: number): number
  blockRow(below: number, factorX: number, factorY: number, width: number, state: number, out: number): void
  blendLevel(
    frame: number,
    frameWidth: number,
    tapsX: number,
    tapsY: number,
    width: number,
    height: number,
    out: number,
  ): void
  patch(
    frame: number,
    frameWidth: number,
    frameHeight: number,
    left: number,
    top: number,
    width: number,
    height: number,
    tapsX: number,
    tapsY: number,
    side: number,
    work: number,
    out: number,
    outRow: number,
  ): void
  packPnet(source: number, out: number): void
  packRnet(source: number, out: number): void
  packOnet(source: number, out: number): void
  pnetWeights(): number
  rnetWeights(): number
  onetWeights(): number
  pnetWork(): number
  rnetWork(count: number): number
  onetWork(count: number): number
  pnet(
    level: number,
    width: number,
    height: number,
    scale: number,
    threshold: number,
    logit: number,
    slack: number,
    weights: number,
    work: number,
    out: number,
    capacity: number,
  ): number
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
  readonly AREA_LEVEL: WebAssembly.Global
  readonly CANDIDATE: WebAssembly.Global
  readonly RNET_PATCH: WebAssembly.Global
  readonly ONET_PATCH: WebAssembly.Global
  readonly RNET_ANSWER: WebAssembly.Global
  readonly ONET_ANSWER: WebAssembly.Global
}
