// npm run bench:threads: what several cores bring, for one image and for many, here and to onnxruntime-node. It needs the built
// package and pictures as raw files, and nothing else: `-- --pack` makes a folder of all that for another machine.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { search } from '../src/cascade/search.ts'
import type { Pixels } from '../src/image/pixels.ts'
import { DEFAULT_OPTIONS } from '../src/options/options.ts'
import { createCore, loadWeights } from './library.ts'
import { type Contender, peerContender } from './peers/contender.ts'
import { loadOrtNode, onnxRuntime } from './peers/onnxruntime.ts'
import { engine, machine, ms, NODE, table, times, writeSection } from './report.ts'
import { type Held, held, memoryIn } from './threads-memory.ts'
import { type Budget, inTurns, type Laps } from './timing.ts'

type Library = typeof import('../src/index.node.ts')

/** Threads and workers that are measured, as far as the machine has cores. */
const COUNTS = [1, 2, 4, 8, 16]
/** A turn of many images takes about so long. */
const TURN_MS = 700

const { values } = parseArgs({
  options: {
    counts: { type: 'string' },
    pictures: { type: 'string' },
    quick: { type: 'boolean', default: false },
    memory: { type: 'string' },
  },
})

const packed = new URL('package/dist/index.node.js', import.meta.url)
const isPacked = existsSync(packed)
const library: Library = await import((isPacked ? packed : new URL('../dist/index.node.js', import.meta.url)).href)
const folder = isPacked ? new URL('./', import.meta.url) : new URL('build/threads/', import.meta.url)

interface Picture {
  /** As in the file's name: 640x480. */
  readonly size: string
  readonly pixels: Pixels
}

/** Raw files, RGB, named by their size: `640x480.rgb`. */
function pictures(): Picture[] {
  const wanted = values.pictures?.split(',')
  const found: Picture[] = []
  for (const name of readdirSync(folder)) {
    const [, width = 0, height = 0] = (/^(\d+)x(\d+)\.rgb$/.exec(name) ?? []).map(Number)
    const size = `${width}x${height}`
    if (width === 0 || (wanted && !wanted.includes(size))) continue
    const data = new Uint8Array(readFileSync(new URL(name, folder)))
    if (data.length !== 3 * width * height)
      throw new Error(`${name} has ${data.length} bytes, not ${3 * width * height}`)
    found.push({ size, pixels: { data, width, height, channels: 3, order: 'rgb', stride: 3 * width } })
  }
  if (found.length === 0)
    throw new Error(`no pictures in ${folder.pathname}: files such as 640x480.rgb, three bytes a pixel`)
  return found.sort((a, b) => a.pixels.data.length - b.pixels.data.length)
}

/** onnxruntime-node under our cascade; the reason where it is not installed. */
async function native(): Promise<((threads: number) => Promise<Contender>) | string> {
  let loaded: Awaited<ReturnType<typeof loadOrtNode>>
  try {
    loaded = await loadOrtNode()
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return code === 'ERR_MODULE_NOT_FOUND' ? 'onnxruntime-node is not installed here' : `onnxruntime-node: ${message}`
  }
  const weights = loadWeights()
  const core = await createCore(weights)
  return async (threads) => {
    return peerContender(
      'onnxruntime-node',
      loaded.version,
      core,
      await onnxRuntime(loaded.ort, weights, 'cpu', threads),
    )
  }
}

async function timed(work: () => Promise<unknown>, images = 1): Promise<Laps> {
  const start = performance.now()
  await work()
  return { ms: (performance.now() - start) / images }
}

/** Medians, ms an image, of what is measured side by side. */
interface Row {
  readonly size: string
  readonly count: number
  /** One image after another, in the calling thread. */
  readonly one: number
  /** One image after another, each searched by so many threads. */
  readonly threads: number
  /** Many images at once, in so many workers. */
  readonly pool: number
  readonly native: number | undefined
}

async function measure(
  { size, pixels }: Picture,
  count: number,
  budget: Budget,
  ort: Awaited<ReturnType<typeof native>>,
) {
  const detector = await library.MTCNN.create()
  const team = await library.MTCNN.create({ threads: count })
  const pool = await library.MTCNNPool.create({ size: count })
  const peer = typeof ort === 'string' ? undefined : await ort(count)
  const { ms: single } = await timed(() => detector.detectFaces(pixels)).then(() =>
    timed(() => detector.detectFaces(pixels)),
  )
  const each = Math.max(3, Math.round(TURN_MS / single!))
  const oneByOne = (detect: () => Promise<unknown>) => async () => {
    for (let n = 0; n < each; n++) await detect()
  }
  const together = () => Promise.all(Array.from({ length: each * count }, () => pool.detectFaces(pixels)))
  const runners = [
    () =>
      timed(
        oneByOne(() => detector.detectFaces(pixels)),
        each,
      ),
    () =>
      timed(
        oneByOne(() => team.detectFaces(pixels)),
        each,
      ),
    () => timed(together, each * count),
  ]
  if (peer) {
    const times = Math.max(1, Math.round(each / 3))
    const { core, nets } = peer
    runners.push(() =>
      timed(async () => {
        for (let n = 0; n < times; n++) await search(core, pixels, DEFAULT_OPTIONS, 'counts', nets)
      }, times),
    )
  }
  const [one, threads, pooled, peers] = (await inTurns(runners, budget)).map((laps) => laps.ms!)
  for (const each of [detector, team, pool]) each.dispose()
  return { size, count, one: one!, threads: threads!, pool: pooled!, native: peers } satisfies Row
}

if (values.memory !== undefined) {
  // A process of its own: what it holds with so many threads.
  const [kind, count, size] = values.memory.split(',')
  const { pixels } = pictures().find((picture) => picture.size === size)!
  const options = kind === 'threads' ? { threads: Number(count) } : {}
  const detector =
    kind === 'pool' ? await library.MTCNNPool.create({ size: Number(count) }) : await library.MTCNN.create(options)
  const images = kind === 'pool' ? 4 * Number(count) : 1
  for (let n = 0; n < 4; n++) await Promise.all(Array.from({ length: images }, () => detector.detectFaces(pixels)))
  console.log(JSON.stringify(await held()))
  detector.dispose()
} else {
  const cores = availableParallelism()
  const counts = values.counts?.split(',').map(Number) ?? COUNTS.filter((count) => count <= cores)
  const budget: Budget = values.quick ? { rounds: [3, 5], seconds: 5 } : { rounds: [5, 21], seconds: 40 }
  const ort = await native()
  if (typeof ort === 'string') console.error(ort)
  const rows: Row[] = []
  const memory: string[][] = []
  for (const picture of pictures()) {
    for (const count of counts) {
      console.error(`${picture.size}, ${count} ${count === 1 ? 'thread' : 'threads'}`)
      rows.push(await measure(picture, count, budget, ort))
    }
    memory.push([picture.size, ...memoryOf(picture.size, counts)])
  }
  const beside =
    typeof ort === 'string'
      ? `Without ONNX Runtime: ${ort}.`
      : `onnxruntime-node ${(await ort(1)).version}: the nets under our cascade, with as many threads in every net.`
  report(rows, counts, memory, beside)
}

/** MB that each thread takes beyond the first, and each worker of a pool; for each count over one. */
function memoryOf(size: string, counts: readonly number[]): string[] {
  const bytes = (kind: string, count: number): Held => memoryIn(['--memory', `${kind},${count},${size}`])
  return counts.flatMap((count) => {
    if (count === 1) return []
    const [one, many] = [bytes('threads', 1), bytes('threads', count)]
    const [small, large] = [bytes('pool', 1), bytes('pool', count)]
    return [(many.process - one.process) / (count - 1), (large.process - small.process) / (count - 1)].map((each) =>
      (each / 1e6).toFixed(1),
    )
  })
}

function report(rows: readonly Row[], counts: readonly number[], memory: readonly string[][], peer: string): void {
  const firstOf = (row: Row) => rows.find(({ size, count }) => size === row.size && count === 1)
  const gain = (before: number | undefined, after: number) => (before === undefined ? '' : times(before / after))
  const several = counts.filter((count) => count > 1)
  writeSection(`Threads, ${NODE}`, [
    `\`npm run bench:threads${values.quick ? ' -- --quick' : ''}\` on ${machine()}; ${engine()}.`,
    '',
    'One image searched by several threads together, ms; the gain is over the detector in the calling thread that took turns with',
    `it. ${peer}`,
    '',
    table(
      ['image', 'threads', 'mtcnn-wasm', 'gain', 'onnxruntime-node', 'gain', 'ahead'],
      rows.map((row) => [
        row.size,
        row.count,
        ms(row.threads),
        times(row.one / row.threads),
        row.native === undefined ? '' : ms(row.native),
        row.native === undefined ? '' : gain(firstOf(row)?.native, row.native),
        row.native === undefined ? '' : times(row.native / row.threads),
      ]),
    ),
    '',
    'Many images at once in a pool of workers, ms an image, and how many times as fast as the detector in the calling thread.',
    '',
    table(
      ['image', 'workers', 'calling thread', 'pool', 'gain'],
      rows.map((row) => [row.size, row.count, ms(row.one), ms(row.pool), times(row.one / row.pool)]),
    ),
    '',
    'What each further thread of a search, and each further worker of a pool, takes of memory, MB: of the whole process, with what',
    'a thread of Node takes by itself.',
    '',
    table(['image', ...several.flatMap((count) => [`${count} threads`, `pool of ${count}`])], memory),
  ])
}
