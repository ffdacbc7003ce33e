// npm run bench:pool: what a second thread brings, here and to onnxruntime-node.
import { search } from '../src/cascade/search.ts'
import { DEFAULT_OPTIONS } from '../src/options/options.ts'
import { frame, group } from './images.ts'
import { createCore, loadWeights } from './library.ts'
import { peerContender } from './peers/contender.ts'
import { loadOrtNode, onnxRuntime } from './peers/onnxruntime.ts'
import { engine, machine, ms, NODE, table, times, writeSection } from './report.ts'
import { inTurns } from './timing.ts'

const IMAGES = 8

// The built package, whose workers are files beside it.
const library = (await import(new URL('../dist/index.node.js', import.meta.url).href)) as Library
type Library = typeof import('../src/index.node.ts')

const weights = loadWeights()
const core = await createCore(weights)
const { ort, version } = await loadOrtNode()
const [one, two] = await Promise.all(
  [1, 2].map(async (threads) =>
    peerContender('onnxruntime-node', version, core, await onnxRuntime(ort, weights, 'cpu', threads)),
  ),
)
const detector = await library.MTCNN.create()
const pool = await library.MTCNNPool.create({ size: 2 })

const rows: string[][] = []
for (const { name, pixels } of [await frame(), await group()]) {
  console.error(name)
  const timed = async (work: () => Promise<unknown>) => {
    const start = performance.now()
    await work()
    return { ms: (performance.now() - start) / IMAGES }
  }
  const images = Array.from({ length: IMAGES }, () => pixels)
  const inOrder = async (detect: () => Promise<unknown>) => {
    for (let n = 0; n < IMAGES; n++) await detect()
  }
  const under = (nets: typeof one) => () =>
    timed(() => inOrder(() => search(core, pixels, DEFAULT_OPTIONS, 'counts', nets!.nets)))
  const [single, pooled, native, nativeTwo] = (
    await inTurns(
      [
        () => timed(() => inOrder(() => detector.detectFaces(pixels))),
        () => timed(() => Promise.all(images.map((image) => pool.detectFaces(image)))),
        under(one),
        under(two),
      ],
      { rounds: [7, 41], seconds: 25 },
    )
  ).map((laps) => laps.ms!) as [number, number, number, number]
  const where = `${name}, ${pixels.width}x${pixels.height}`
  rows.push([`${where}, mtcnn-wasm`, ms(single), ms(pooled), times(single / pooled)])
  rows.push([`${where}, onnxruntime-node ${version}`, ms(native), ms(nativeTwo), times(native / nativeTwo)])
}
detector.dispose()
pool.dispose()

writeSection(`Threads, ${NODE}`, [
  `\`npm run bench:pool\` on ${machine()}; ${engine()}.`,
  '',
  `${IMAGES} images one after another, ms each: with one thread, and with two. Ours: a detector, and a pool of two workers given all`,
  'images at once. onnxruntime-node: the nets under our cascade, two threads in every net.',
  '',
  table(['', 'one thread', 'two threads', 'gain'], rows),
])
