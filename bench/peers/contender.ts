/**
 * Who takes part in a bench: our own core, and other runtimes with the same weights, put under our cascade by the seam that
 * src/cascade/context.ts has for it.
 */

import type { Nets } from '../../src/cascade/context.ts'
import { cellsAlong } from '../../src/cascade/pyramid.ts'
import type { Core, ProposeOptions } from '../../src/wasm/core.ts'
import { LANDMARKS_AT, type Level, type PatchNet, REGRESSION_AT } from '../../src/wasm/nets.ts'
import type { NetName } from './nets.ts'

/** Milliseconds since they were last set to zero. */
export interface NetTimes {
  pnet: number
  rnet: number
  onet: number
  /** Turning our pixels into the runtime's tensors and its answers into our candidates, for all three nets. */
  convert: number
}

export interface TimedNets extends Nets {
  readonly times: NetTimes
}

export interface Contender {
  readonly name: string
  readonly version: string
  readonly core: Core
  readonly nets: TimedNets
  /** Undefined for our own core, which the others are checked against and compared with. */
  readonly runtime: Runtime | undefined
}

/** P-Net's answer for a level, or a patch net's for a batch; in the runtime's layout. */
export interface Answer {
  /** After softmax: the second class is "face". */
  readonly score: Float32Array
  readonly regression: Float32Array
  readonly landmarks?: Float32Array | undefined
}

/** A runtime with the three nets loaded. Inputs are float32, (p - 127.5) / 128, [count][3][height][width] or channels last. */
export interface Runtime {
  readonly layout: 'nchw' | 'nhwc'
  run(net: NetName, x: Float32Array, count: number, height: number, width: number): Promise<Answer>
}

const noTimes = (): NetTimes => ({ pnet: 0, rnet: 0, onet: 0, convert: 0 })

/** Our own core, with a stopwatch. */
export function ourContender(name: string, version: string, core: Core): Contender {
  const times = noTimes()
  const timed = async <T>(net: NetName, work: () => T | Promise<T>): Promise<T> => {
    const start = performance.now()
    const result = await work()
    times[net] += performance.now() - start
    return result
  }
  const nets: TimedNets = {
    times,
    propose: (...all) => timed('pnet', () => core.propose(...all)),
    run: (net, count) => timed(net.name, () => core.run(net, count)),
  }
  return { name, version, core, nets, runtime: undefined }
}

/** Another runtime under our cascade. */
export function peerContender(name: string, version: string, core: Core, runtime: Runtime): Contender {
  return { name, version, core, nets: new PeerNets(core, runtime), runtime }
}

/** Sets a stopwatch to zero. */
export function resetTimes(times: NetTimes): void {
  Object.assign(times, noTimes())
}

class PeerNets implements TimedNets {
  readonly times = noTimes()
  readonly #core: Core
  readonly #runtime: Runtime
  #input = new Float32Array()

  constructor(core: Core, runtime: Runtime) {
    this.#core = core
    this.#runtime = runtime
  }

  #room(length: number): Float32Array {
    if (this.#input.length < length) this.#input = new Float32Array(length)
    return this.#input.subarray(0, length)
  }

  async #ask(net: NetName, x: Float32Array, count: number, height: number, width: number): Promise<Answer> {
    const start = performance.now()
    const answer = await this.#runtime.run(net, x, count, height, width)
    this.times[net] += performance.now() - start
    return answer
  }

  #converting<T>(work: () => T): T {
    const start = performance.now()
    const result = work()
    this.times.convert += performance.now() - start
    return result
  }

  async propose(level: Level, threshold: number, { everyCell }: ProposeOptions = {}): Promise<number> {
    const { width, height } = level
    const { layout } = this.#runtime
    const x = this.#converting(() => {
      const room = this.#room(3 * width * height)
      levelInput(this.#core.levelPixels(level), layout, room)
      return room
    })
    const answer = await this.#ask('pnet', x, 1, height, width)
    return this.#converting(() => keepCells(this.#core, level, everyCell ? 0 : threshold, answer, layout))
  }

  async run(net: PatchNet, count: number): Promise<void> {
    const { layout } = this.#runtime
    const x = this.#converting(() => {
      const room = this.#room(count * 3 * net.side * net.side)
      patchInput(this.#core.patches(net, count), net, count, layout, room)
      return room
    })
    const answer = await this.#ask(net.name, x, count, net.side, net.side)
    this.#converting(() => keepAnswers(this.#core.answers(net, count), net, count, answer))
  }
}

/** A level's bytes as a runtime's input. */
export function levelInput(pixels: Uint8Array, layout: 'nchw' | 'nhwc', x: Float32Array): void {
  if (layout === 'nhwc') {
    for (let n = 0; n < x.length; n++) x[n] = pixels[n]! * 0.0078125 - 0.99609375
    return
  }
  const plane = x.length / 3
  for (let n = 0, from = 0; n < plane; n++, from += 3) {
    x[n] = pixels[from]! * 0.0078125 - 0.99609375
    x[n + plane] = pixels[from + 1]! * 0.0078125 - 0.99609375
    x[n + 2 * plane] = pixels[from + 2]! * 0.0078125 - 0.99609375
  }
}

/** Patches as they lie in the core, four channels and a margin, as a runtime's input. */
export function patchInput(
  patches: Float32Array,
  { side, pitch }: PatchNet,
  count: number,
  layout: 'nchw' | 'nhwc',
  x: Float32Array,
): void {
  const plane = side * side
  const [step, channelStep] = layout === 'nchw' ? [1, plane] : [3, 1]
  for (let patch = 0; patch < count; patch++) {
    for (let v = 0; v < side; v++) {
      let from = 4 * (patch * pitch + v) * pitch
      let to = 3 * patch * plane + v * side * step
      for (let u = 0; u < side; u++, from += 4, to += step) {
        x[to] = patches[from]!
        x[to + channelStep] = patches[from + 1]!
        x[to + 2 * channelStep] = patches[from + 2]!
      }
    }
  }
}

/** Cells over the threshold become the level's candidates, in the reference's order; assembly/pnet.ts has the box of a cell. */
function keepCells(
  core: Core,
  { width, height, scale }: Level,
  threshold: number,
  { score, regression }: Answer,
  layout: 'nchw' | 'nhwc',
): number {
  const columns = cellsAlong(width)
  const rows = cellsAlong(height)
  const cells = columns * rows
  if (score.length !== 2 * cells || regression.length !== 4 * cells) {
    throw new Error(`${score.length} scores for ${cells} cells`)
  }
  const passed: number[] = []
  const [first, step] = layout === 'nchw' ? [cells, 1] : [1, 2]
  for (let y = 0, at = first; y < rows; y++) {
    for (let x = 0; x < columns; x++, at += step) if (score[at]! >= threshold) passed.push(x * rows + y)
  }
  passed.sort((a, b) => a - b)
  const list = core.levelCandidates(passed.length)
  const box = new Float32Array(4)
  const { trunc } = Math
  passed.forEach((order, n) => {
    const x = Math.floor(order / rows)
    const y = order % rows
    const cell = y * columns + x
    for (let k = 0; k < 4; k++) box[k] = regression[layout === 'nchw' ? k * cells + cell : 4 * cell + k]!
    const [left, top] = [2 * x, 2 * y]
    list.setBox(
      n,
      trunc((left + 1) / scale),
      trunc((top + 1) / scale),
      trunc((left + 12) / scale),
      trunc((top + 12) / scale),
    )
    list.advance(n, n, score[first + step * cell]!, box, order)
  })
  return passed.length
}

function keepAnswers(
  answers: Float32Array,
  net: PatchNet,
  count: number,
  { score, regression, landmarks }: Answer,
): void {
  for (let n = 0; n < count; n++) {
    const at = n * net.answer
    answers.set(regression.subarray(4 * n, 4 * n + 4), at + REGRESSION_AT)
    if (landmarks) answers.set(landmarks.subarray(10 * n, 10 * n + 10), at + LANDMARKS_AT)
    answers[at + net.scoreAt] = score[2 * n + 1]!
  }
}
