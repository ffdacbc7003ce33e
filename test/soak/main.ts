// npm run soak: much work, after which nothing may be left. See run.mjs for its arguments.
import { getEventListeners } from 'node:events'
import { parseArgs } from 'node:util'
import { MTCNN, MTCNNPool } from 'mtcnn-wasm'
import { cut, noise, type Photograph, photograph } from '../helpers/photographs.ts'
import { random } from '../helpers/random.ts'
import { collect, type Held, held, liveMemories, rise, watchMemories } from './memory.ts'

const { values } = parseArgs({ options: { scale: { type: 'string', default: '1' } } })
const scale = Number(values.scale)
if (!(scale > 0 && scale <= 100)) throw new RangeError(`--scale must be over 0; got '${values.scale}'`)

/** Samples of what is held, evenly over a piece of work. The second half of them must not rise. */
const SAMPLES = 24
/**
 * Bytes that the second half may rise by. The heap grows and shrinks with what the engine compiles and caches. The process
 * does so with what the allocator keeps, and with frames in workers that are done with and not yet collected: only this
 * thread can be told to. In a full run, one frame or one memory left behind for each step would be several times the bound.
 */
const BOUNDS: Held = { heap: 500_000, external: 500_000, wasm: 0, process: 40_000_000 }

interface Row {
  work: string
  steps: number
  seconds: number
  end: Held
  rises: Held
}

const rows: Row[] = []
const failures: string[] = []
const next = random(1)

console.log(`soak: scale ${scale}`)
/** What keeps a process alive, other than what was there before. */
const before = process.getActiveResourcesInfo()
function extra(): string[] {
  const known = [...before, 'Immediate', 'Timeout']
  return process.getActiveResourcesInfo().filter((name) => !known.includes(name))
}

watchMemories()
const faces = await photograph('tracking', 'examples/assets/faces.jpg')
/** Of many sizes, with faces and without. */
const frames: Photograph[] = Array.from({ length: 40 }, (_, n) => {
  return n % 8 === 7 ? noise(40 + n, 50) : cut(faces, 3 * n, 2 * n, 300 - 4 * n, 200 - 2 * n)
})
const OPTIONS = { minFaceSize: 40 }

/** Does steps of work, and looks at what is held in between. */
async function soak(work: string, count: number, step: (index: number) => Promise<unknown>): Promise<void> {
  const steps = Math.max(SAMPLES, Math.round(count * scale))
  const samples: Held[] = []
  const began = performance.now()
  let done = 0
  for (let sample = 1; sample <= SAMPLES; sample++) {
    const until = Math.round((steps * sample) / SAMPLES)
    while (done < until) await step(done++)
    samples.push(await held(samples.at(-1)))
  }
  const half = samples.slice(SAMPLES / 2)
  const rises = { heap: 0, external: 0, wasm: 0, process: 0 }
  for (const kind of Object.keys(rises) as (keyof Held)[]) {
    rises[kind] = rise(half.map((sample) => sample[kind]))
    if (rises[kind] <= BOUNDS[kind]) continue
    failures.push(`${work}: ${kind} rises by ${Math.round(rises[kind])} bytes, at most ${BOUNDS[kind]} are allowed`)
  }
  rows.push({ work, steps, seconds: (performance.now() - began) / 1000, end: half.at(-1)!, rises })
}

const single = await MTCNN.create(OPTIONS)
await soak('frames, one detector', 20_000, (n) => single.detectFaces(frames[n % frames.length]!))

/** A video whose frames have one size, and one whose frames do not. */
const video = Array.from({ length: 60 }, (_, n) => cut(faces, Math.abs(2 * n - 60), n % 20, 500, 300))
const trackers = [single.tracker(), single.tracker({ searchEvery: 5, keep: 2 })] as const
await soak('frames of a video, faces followed', 10_000, (n) => trackers[0].next(video[n % video.length]!))
await soak('frames of many sizes, faces followed', 10_000, (n) => trackers[1].next(frames[n % frames.length]!))

const pool = await MTCNNPool.create({ ...OPTIONS, size: 2 })
/** As many at a time as keep both workers at work. */
const AT_ONCE = 5
await soak('groups of 5 frames, a pool', 5_000 / AT_ONCE, async (n) => {
  const group = Array.from({ length: AT_ONCE }, (_, k) => frames[(AT_ONCE * n + k) % frames.length]!)
  for await (const { index } of pool.detectAll(group)) if (index === AT_ONCE - 1) break
})

/** From 50 x 40 to 1430 x 1144 pixels, large and small by turns: each goes to a worker in a buffer that is used again. */
const mixed = Array.from({ length: 24 }, (_, n) => {
  const side = 50 + 60 * ((n * 7) % 24)
  return noise(side, Math.round(0.8 * side))
})
await soak('images of many sizes, a pool', 600, async (n) => {
  const [one, other] = [mixed[n % mixed.length]!, mixed[(n + 11) % mixed.length]!]
  await Promise.all([
    pool.detectFaces(one, { minFaceSize: 150 }),
    pool.extractFaces(other, { minFaceSize: 150 }),
    pool.detectFaces(other, { minFaceSize: 150 }),
  ])
})

await soak('detectors made and disposed of', 400, async (n) => {
  const worker = n % 4 === 3
  const detector = await MTCNN.create({ ...OPTIONS, worker })
  await detector.detectFaces(frames[n % frames.length]!)
  detector.dispose()
})

/** One for all calls, as an application has; aborted only at the end. */
const shared = new AbortController()
const background = await MTCNN.create({ ...OPTIONS, worker: true })
let aborted = 0
let answered = 0
await soak('aborts', 1_000, async (n) => {
  const detector = [single, background, pool][n % 3]!
  const controller = new AbortController()
  const reason = new Error('enough')
  const calls = [controller.signal, shared.signal].map((signal, k) => {
    return detector.detectFaces(frames[(n + k) % frames.length]!, { signal, minFaceSize: 12 })
  })
  const milliseconds = next() * 30
  const timer = setTimeout(() => controller.abort(reason), milliseconds)
  const [first, second] = await Promise.allSettled(calls)
  clearTimeout(timer)
  if (first!.status === 'fulfilled') answered++
  else if (first!.reason === reason) aborted++
  else failures.push(`aborts: call ${n} failed with ${first!.reason}`)
  if (second!.status === 'rejected') failures.push(`aborts: call ${n} took another one along: ${second!.reason}`)
})
if (aborted === 0 || answered === 0)
  failures.push(`aborts: ${aborted} came in time and ${answered} too late: none is tested`)
const listeners = getEventListeners(shared.signal, 'abort').length
if (listeners > 0) failures.push(`aborts: ${listeners} listeners are left on a signal`)

for (const detector of [single, pool, background]) detector.dispose()

/** What is held at the end, and how much of it came in the second half. */
const megabytes = (bytes: number, rise: number) => `${(bytes / 1e6).toFixed(2)} (${(rise / 1e6).toFixed(3)})`
console.table(
  rows.map(({ work, steps, seconds, end, rises }) => ({
    work,
    steps,
    seconds: Number(seconds.toFixed(1)),
    heap: megabytes(end.heap, rises.heap),
    external: megabytes(end.external, rises.external),
    WebAssembly: megabytes(end.wasm, rises.wasm),
    process: megabytes(end.process, rises.process),
  })),
)
console.log(
  `in MB at the end of each work, and what rose in its second half; ${aborted} aborts in time, ${answered} late`,
)

/** Workers end a little later than they are told to. */
const patience = performance.now() + 10_000
while (extra().length > 0 && performance.now() < patience) await new Promise((resolve) => setImmediate(resolve))
if (extra().length > 0) failures.push(`left behind: ${extra()}`)
await collect()
const left = liveMemories()
if (left.length > 0) failures.push(`left behind: ${left.length} WebAssembly memories of ${left} bytes`)

for (const failure of failures) console.error(`FAILED  ${failure}`)
process.exitCode = failures.length === 0 ? 0 : 1
// Fires only where something keeps the process from ending by itself.
setTimeout(() => {
  console.error('FAILED  the process does not end by itself')
  process.exit(1)
}, 10_000).unref()
