import { compileKernels, isModule } from '../assets/compile.ts'
import { chooseKernels, compileGiven, type KernelChoice } from '../assets/kernels.ts'
import { parseShipped, parseWeights, type Weights } from '../assets/weights.ts'
import type { CreateOptions, PoolOptions, ResolvedCreateOptions, ResolvedOptions } from '../options/options.ts'
import { resolveCreateOptions, resolvePoolOptions } from '../options/resolve.ts'
import { abortable } from '../shared/abortable.ts'
import { describe, MtcnnError, type MtcnnErrorCode, shortened, tagOf } from '../shared/errors.ts'
import { whileWanted } from '../shared/while-wanted.ts'
import { PixelBuffers } from '../workers/pixel-buffers.ts'
import { type Policy, Schedule } from '../workers/schedule.ts'
import type { StartEngine } from '../workers/slot.ts'
import { startWorker, type WorkerSetup } from '../workers/start-worker.ts'
import type { Platform } from './platform.ts'

/** What a detector works with: made by {@link start} or {@link startPool}. */
export interface Setup<Image> {
  readonly platform: Platform<Image>
  readonly schedule: Schedule
  readonly defaults: ResolvedOptions
  readonly worker: boolean
  readonly threads: number
  readonly weights: Weights['dtype']
  readonly choice: KernelChoice
}

/** What `MTCNN.create` does on either platform: checks the options, loads kernels and weights, starts the engine. */
export async function start<Image>(platform: Platform<Image>, given: CreateOptions | undefined): Promise<Setup<Image>> {
  const options = resolveCreateOptions(given)
  return whileWanted(options.signal, async (signal) => {
    const threads = options.threads === 'auto' ? processorsToSpare(platform) : options.threads
    const worker = options.worker ?? (threads > 1 && platform.worker === false ? true : platform.worker)
    const { kernels, weights, choice } = await load(platform, options, signal)
    const setup = { platform, defaults: options.detect, choice, weights: weights.dtype }
    const prefetch = options.queueLimit ?? 2
    const policy: Policy = { dropStale: false, prefetch, ahead: 0, maxInFlight: 1, retries: 0 }
    if (worker !== false) {
      const workers = { spawners: platform.workerSpawners(), kernels, weights, buffers: new PixelBuffers() }
      try {
        const starter = await engineStarter(platform, workers, threads)
        const forWorkers = { ...policy, ahead: 1, retries: threads > 1 ? 1 : 0 }
        const schedule = await Schedule.start(1, starter.start, forWorkers, signal)
        return { ...setup, schedule, worker: true, threads: starter.threads() }
      } catch (error) {
        if (worker === true || !(error instanceof MtcnnError) || error.code !== 'WORKER_FAILED') throw error
      }
    }
    const engine = await platform.localEngine(kernels.module, weights)
    const schedule = await Schedule.start(1, async () => engine, policy, signal)
    return { ...setup, schedule, worker: false, threads: 1 }
  })
}

/** What `MTCNNPool.create` does on either platform. */
export async function startPool<Image>(
  platform: Platform<Image>,
  given: PoolOptions | undefined,
): Promise<Setup<Image> & { size: number }> {
  const { pool, create } = resolvePoolOptions(given)
  const dropStale = pool.policy === 'latest'
  const usual = Math.floor(processorsToSpare(platform) / (create.threads === 'auto' ? 1 : create.threads))
  const size = dropStale ? 1 : (pool.size ?? Math.max(usual, 1))
  const threads = create.threads === 'auto' ? processorsToSpare(platform, size) : create.threads
  const prefetch = dropStale ? 0 : (create.queueLimit ?? size)
  // What waits at a worker would no longer be the newest.
  const ahead = dropStale ? 0 : 1
  const policy: Policy = { dropStale, prefetch, ahead, maxInFlight: size + prefetch, retries: 1 }
  return whileWanted(create.signal, async (signal) => {
    const { kernels, weights, choice } = await load(platform, create, signal)
    const workers = { spawners: platform.workerSpawners(), kernels, weights, buffers: new PixelBuffers() }
    const starter = await engineStarter(platform, workers, threads)
    const schedule = await Schedule.start(size, starter.start, policy, signal)
    const setup = { platform, schedule, defaults: create.detect, weights: weights.dtype, choice, size }
    return { ...setup, worker: true, threads: starter.threads() }
  })
}

/** All processors but one, shared by so many, at least 1 and at most 8. */
function processorsToSpare<Image>(platform: Platform<Image>, by = 1): number {
  return Math.min(Math.max(Math.floor((platform.processors() - 1) / by), 1), 8)
}

/** What starts engines of so many workers; and how many there are in the engine started last: one where they cannot be connected. */
async function engineStarter<Image>(
  platform: Platform<Image>,
  workers: WorkerSetup,
  threads: number,
): Promise<{ start: StartEngine; threads(): number }> {
  if (threads === 1) return { start: (ending) => startWorker(workers, ending), threads: () => 1 }
  const { startTeam } = await platform.team()
  let running = threads
  const start: StartEngine = async (ending) => {
    const team = await startTeam(workers, threads, ending)
    running = team.threads
    return team
  }
  return { start, threads: () => running }
}

async function load<Image>(platform: Platform<Image>, options: ResolvedCreateOptions, signal: AbortSignal | undefined) {
  const loading = Promise.all([loadKernels(platform, options, signal), loadWeights(platform, options, signal)])
  const [kernels, weights] = await abortable(loading, signal)
  return { ...kernels, weights }
}

async function loadKernels<Image>(
  { shipped, read }: Platform<Image>,
  { module, precision }: ResolvedCreateOptions,
  signal: AbortSignal | undefined,
) {
  if (module !== undefined) {
    if (isModule(module)) return compileGiven(module)
    const bytes = bytesOf(module, (source) => read(source, signal))
    return compileGiven(await bytes.catch(refusal('INVALID_OPTION', 'the kernels', module)))
  }
  if (!shipped) throw missing('module', "the package's mtcnn.wasm")
  const choice = chooseKernels(precision)
  return { kernels: await compileKernels(await importEmbedded(shipped.kernels(choice))), choice }
}

async function loadWeights<Image>(
  { shipped, read }: Platform<Image>,
  { weights = 'f32' }: ResolvedCreateOptions,
  signal: AbortSignal | undefined,
) {
  const bytesFrom = (source: Exclude<typeof weights, 'f32' | 'f16'>) => {
    const bytes = bytesOf(source, (address) => read(address, signal))
    return bytes.catch(refusal('INVALID_WEIGHTS', 'the weights', source))
  }
  if (weights !== 'f32' && weights !== 'f16') return parseWeights(await bytesFrom(weights))
  if (!shipped) throw missing('weights', "the package's weights/mtcnn-f32.bin")
  const found = await importEmbedded(shipped.weights(weights))
  return found instanceof URL ? parseShipped(await bytesFrom(found), weights, found.href) : found
}

/** Bytes of the caller are copied: a worker that is started again later takes them as they were. */
async function bytesOf(
  source: Uint8Array | ArrayBuffer | string | URL,
  read: (source: string | URL) => Promise<Uint8Array>,
): Promise<Uint8Array> {
  if (typeof source === 'string') return read(source)
  // By tag and not by class: a URL of another realm is as good.
  return tagOf(source) === 'URL' ? read(source as URL) : new Uint8Array(source as Uint8Array | ArrayBuffer)
}

/** Turns whatever went wrong into an MtcnnError that names the source. */
function refusal(code: MtcnnErrorCode, what: string, source: unknown): (cause: unknown) => never {
  return (cause) => {
    const name = tagOf(source) === 'URL' ? `'${shortened(String(source))}'` : describe(source)
    throw new MtcnnError(code, `could not read ${what} from ${name}${reasonOf(cause)}`, { cause })
  }
}

/** What is embedded comes by `import()`, which may fail for reasons that have nothing to do with this library. */
export async function importEmbedded<T>(loading: Promise<T>): Promise<T> {
  try {
    return await loading
  } catch (cause) {
    if (cause instanceof MtcnnError) throw cause
    const [fault, advice] =
      'ServiceWorkerGlobalScope' in globalThis
        ? [', which service workers and backgrounds of extensions forbid', 'Bundle the script into one file, or use']
        : [reasonOf(cause), 'Where import() is forbidden, use']
    const message =
      `the files that come with the library could not be loaded by import()${fault}. ${advice} 'mtcnn-wasm/slim' and give ` +
      "options 'module' and 'weights'"
    throw new MtcnnError('UNSUPPORTED_PLATFORM', message, { cause })
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error && cause.message !== '' ? `: ${shortened(cause.message)}` : ''
}

function missing(option: string, example: string): MtcnnError {
  return new MtcnnError('INVALID_OPTION', `option '${option}' is needed here, such as ${example}, as bytes or URL`)
}
