/** What `bench` and `bench:chromium` time, the same in Node and in a page. */

import type { Detection } from '../src/cascade/context.ts'
import { planPyramid } from '../src/cascade/pyramid.ts'
import { search } from '../src/cascade/search.ts'
import type { Pixels } from '../src/image/pixels.ts'
import { DEFAULT_OPTIONS } from '../src/options/options.ts'
import { resolveOptions } from '../src/options/resolve.ts'
import type { Core } from '../src/wasm/core.ts'
import { OUTPUT_NET, REFINE_NET } from '../src/wasm/nets.ts'
import { type Contender, levelInput, patchInput, resetTimes } from './peers/contender.ts'
import { type Budget, inTurns, type Laps } from './timing.ts'

export interface Picture {
  readonly name: string
  readonly pixels: Pixels
}

/** One image at one minFaceSize; `laps` has one entry for each contender. */
export interface CascadeResult {
  picture: string
  width: number
  height: number
  minFaceSize: number
  faces: number
  proposals: number
  refined: number
  /** total, load, resize, proposal, patches, refine, output; and net alone: pnet, rnet, onet, convert. */
  laps: Laps[]
}

/** One net on the same input everywhere, without conversions. */
export interface NetResult {
  net: string
  laps: Laps[]
}

export interface SuiteResult {
  contenders: { name: string; version: string }[]
  cascades: CascadeResult[]
  nets: NetResult[]
}

export interface Plan {
  readonly minFaceSizes: readonly number[]
  readonly budget: Budget
  readonly say: (text: string) => void
}

/** Largest difference between a peer's box and ours, px. */
const SAME_BOX = 0.5

/** @throws Error where a contender does not find the faces the first one finds. */
export async function runSuite(
  contenders: readonly Contender[],
  pictures: readonly Picture[],
  netPicture: Picture,
  { minFaceSizes, budget, say }: Plan,
): Promise<SuiteResult> {
  const nets = await timeNets(contenders, netPicture, budget, say)
  const cascades: CascadeResult[] = []
  for (const picture of pictures) {
    for (const minFaceSize of minFaceSizes) {
      say(`${picture.name}, faces from ${minFaceSize} px`)
      cascades.push(await timeCascade(contenders, picture, minFaceSize, budget))
    }
  }
  return { contenders: contenders.map(({ name, version }) => ({ name, version })), cascades, nets }
}

async function timeCascade(
  contenders: readonly Contender[],
  { name, pixels }: Picture,
  minFaceSize: number,
  budget: Budget,
): Promise<CascadeResult> {
  const options = resolveOptions(DEFAULT_OPTIONS, { minFaceSize })
  const [ours, ...others] = contenders
  const { detections, trace } = await search(ours!.core, pixels, options, 'counts', ours!.nets)
  for (const other of others) {
    const found = await search(other.core, pixels, options, 'counts', other.nets)
    checkSame(detections, found.detections, `${other.name} on ${name} from ${minFaceSize} px`)
  }
  const runners = contenders.map(({ core, nets }) => async (): Promise<Laps> => {
    resetTimes(nets.times)
    const { trace } = await search(core, pixels, options, 'counts', nets)
    return { ...trace.milliseconds, ...nets.times }
  })
  const { proposals, refined } = trace
  const { width, height } = pixels
  const laps = await inTurns(runners, budget)
  return { picture: name, width, height, minFaceSize, faces: detections.length, proposals, refined, laps }
}

/** As many faces, and for each of ours one of theirs at the same place. */
export function checkSame(ours: readonly Detection[], theirs: readonly Detection[], what: string): void {
  if (ours.length !== theirs.length) throw new Error(`${what}: ${theirs.length} faces, not ${ours.length}`)
  for (const face of ours) {
    const far = (other: Detection) =>
      Math.max(...(['x1', 'y1', 'x2', 'y2'] as const).map((edge) => Math.abs(face[edge] - other[edge])))
    const nearest = Math.min(...theirs.map(far))
    if (nearest > SAME_BOX) throw new Error(`${what}: the nearest box is ${nearest.toFixed(3)} px off`)
  }
}

/** P-Net over a whole pyramid, R-Net on 100 patches, O-Net on 16: nothing but the nets. */
async function timeNets(
  contenders: readonly Contender[],
  { name, pixels }: Picture,
  budget: Budget,
  say: (text: string) => void,
): Promise<NetResult[]> {
  const { minFaceSize, scaleFactor } = DEFAULT_OPTIONS
  const { width, height } = pixels
  const levels = planPyramid(width, height, minFaceSize, scaleFactor)
  say(`P-Net over the pyramid of ${name}`)
  const pyramid: NetResult = {
    net: `P-Net, pyramid of ${width}x${height}`,
    laps: await inTurns(
      await oneByOne(contenders, async ({ core, runtime }) => {
        if (!runtime) {
          return async () => {
            await core.loadFrame(pixels, { x: 0, y: 0, width, height }, levels)
            let sum = 0
            for (const [n, level] of levels.entries()) {
              core.useLevel(n)
              const start = performance.now()
              await core.propose(level, DEFAULT_OPTIONS.thresholds.proposal)
              sum += performance.now() - start
            }
            return { net: sum }
          }
        }
        await core.loadFrame(pixels, { x: 0, y: 0, width, height }, levels)
        const inputs = levels.map((level, n) => {
          core.useLevel(n)
          const x = new Float32Array(3 * level.width * level.height)
          levelInput(core.levelPixels(level), runtime.layout, x)
          return { x, level }
        })
        return async () => {
          const start = performance.now()
          for (const { x, level } of inputs) await runtime.run('pnet', x, 1, level.height, level.width)
          return { net: performance.now() - start }
        }
      }),
      budget,
    ),
  }
  const patches: NetResult[] = []
  for (const [net, count, label] of [
    [REFINE_NET, 100, 'R-Net'],
    [OUTPUT_NET, 16, 'O-Net'],
  ] as const) {
    say(`${label} on ${count} patches`)
    const runners = await oneByOne(contenders, async ({ core, runtime }) => {
      await core.loadFrame(pixels, { x: 0, y: 0, width, height }, [])
      if (!runtime) return async () => ({ net: timeOurs(core, net, count) })
      const x = new Float32Array(3 * net.side * net.side * count)
      const one = 3 * net.side * net.side
      for (let n = 0; n < count; n++) {
        cutPatch(core, net, n % net.batch, n, width, height)
        const held = core.patches(net, net.batch)
        const size = 4 * net.pitch * net.pitch
        const place = (n % net.batch) * size
        const part = x.subarray(n * one, (n + 1) * one)
        patchInput(held.subarray(place, place + size), net, 1, runtime.layout, part)
      }
      return async () => {
        const start = performance.now()
        await runtime.run(net.name, x, count, net.side, net.side)
        return { net: performance.now() - start }
      }
    })
    patches.push({ net: `${label} x${count}`, laps: await inTurns(runners, budget) })
  }
  return [pyramid, ...patches]
}

/** One after another, since contenders may share a core. */
async function oneByOne<T, Made>(items: readonly T[], make: (item: T) => Promise<Made>): Promise<Made[]> {
  const made: Made[] = []
  for (const item of items) made.push(await make(item))
  return made
}

/** Some square of the frame, another for each `n`. */
function cutPatch(core: Core, net: typeof REFINE_NET, place: number, n: number, width: number, height: number): void {
  const side = 20 + ((7 * n) % 120)
  const x = 1 + ((37 * n) % Math.max(1, width - side))
  const y = 1 + ((53 * n) % Math.max(1, height - side))
  if (!core.makePatch(net, place, x, y, x + side - 1, y + side - 1)) throw new Error(`no patch ${n}`)
}

/** Batches as the cascade makes them, cut anew each time and not timed. */
function timeOurs(core: Core, net: typeof REFINE_NET, count: number): number {
  let sum = 0
  for (let done = 0; done < count; done += net.batch) {
    const batch = Math.min(net.batch, count - done)
    for (let n = 0; n < batch; n++) core.makePatch(net, n, 1 + n, 1 + n, 100 + done + n, 100 + done + n)
    const start = performance.now()
    core.run(net, batch)
    sum += performance.now() - start
  }
  return sum
}
