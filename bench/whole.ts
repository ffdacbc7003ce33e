/** Whole detectors, each with its own rules, against one another: how long they take, from pixels to faces on one thread. */
import { readFile } from 'node:fs/promises'
import { PRESETS, type Preset } from '../src/options/options.ts'
import type { Face } from '../src/shared/face.ts'
import { peer } from './eval/variants.ts'
import { loadOrtNode, loadOrtWeb } from './peers/onnxruntime.ts'
import { createYuNet, type YuNet } from './peers/yunet.ts'
import type { Picture } from './suite.ts'
import { type Budget, inTurns } from './timing.ts'

type Library = typeof import('../src/index.node.ts')

/** A detector in one runtime. */
export interface WholeDetector {
  readonly name: string
  readonly runtime: 'WebAssembly' | 'native'
  readonly version: string
  readonly search: YuNet
}

export interface WholeTimes {
  readonly picture: Picture
  /** Of each detector: faces found and median of the time. */
  readonly results: readonly { readonly faces: number; readonly milliseconds: number }[]
}

/** Faces under it are not given, as is usual for all of them. */
const CONFIDENCE = 0.7
/** Largest difference between a peer's boxes in its two runtimes, px. */
const SAME_BOX = 0.5

/** Our presets, then each peer in WebAssembly and native. */
export async function wholeDetectors(models: readonly string[]): Promise<WholeDetector[]> {
  const library: Library = await import(new URL('../dist/index.node.js', import.meta.url).href)
  const detectors: WholeDetector[] = []
  for (const preset of Object.keys(PRESETS) as Preset[]) {
    const detector = await library.MTCNN.create({ preset, worker: false, thresholds: { output: CONFIDENCE } })
    const search: YuNet = (pixels) => detector.detectFaces(pixels)
    detectors.push({ name: preset, runtime: 'WebAssembly', version: '', search })
  }
  if (models.length === 0) return detectors
  const web = await loadOrtWeb()
  const native = await loadOrtNode()
  for (const file of models) {
    const model = await readFile(file)
    const { name } = peer(file)
    const inWeb = await createYuNet(web.ort, model, 'wasm', CONFIDENCE)
    const inNode = await createYuNet(native.ort, model, 'cpu', CONFIDENCE)
    detectors.push(
      { name, runtime: 'WebAssembly', version: `onnxruntime-web ${web.version}`, search: inWeb },
      { name, runtime: 'native', version: `onnxruntime-node ${native.version}`, search: inNode },
    )
  }
  return detectors
}

/** @throws Error where a detector does not find the same faces in both runtimes. */
export async function timeWhole(
  detectors: readonly WholeDetector[],
  pictures: readonly Picture[],
  budget: Budget,
  say: (text: string) => void,
): Promise<WholeTimes[]> {
  const times: WholeTimes[] = []
  for (const picture of pictures) {
    say(`whole detectors on ${picture.name}`)
    const found: Face[][] = []
    for (const { search } of detectors) found.push([...(await search(picture.pixels))])
    for (const [n, { name, runtime }] of detectors.entries()) {
      const other = detectors.findIndex((one) => one.name === name)
      if (runtime === 'native') checkSameFaces(found[other]!, found[n]!, `${name} on ${picture.name}`)
    }
    const runners = detectors.map(({ search }) => async () => {
      const start = performance.now()
      await search(picture.pixels)
      return { total: performance.now() - start }
    })
    const laps = await inTurns(runners, budget)
    const results = laps.map(({ total = Number.NaN }, n) => ({ faces: found[n]!.length, milliseconds: total }))
    times.push({ picture, results })
  }
  return times
}

function checkSameFaces(inWeb: readonly Face[], native: readonly Face[], what: string): void {
  if (inWeb.length !== native.length)
    throw new Error(`${what}: ${inWeb.length} faces in WebAssembly, ${native.length} native`)
  for (const { box } of inWeb) {
    const sides = ['x', 'y', 'width', 'height'] as const
    const far = (other: Face) => Math.max(...sides.map((side) => Math.abs(box[side] - other.box[side])))
    const nearest = Math.min(...native.map(far))
    if (nearest > SAME_BOX)
      throw new Error(`${what}: the nearest box of the other runtime is ${nearest.toFixed(3)} px off`)
  }
}
