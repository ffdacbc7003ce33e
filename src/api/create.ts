import { compileKernels, isModule } from '../assets/compile.ts'
import { chooseKernels, compileGiven, type KernelChoice } from '../assets/kernels.ts'
import { parseWeights } from '../assets/weights.ts'
import type { CreateOptions, PoolOptions, ResolvedCreateOptions, ResolvedOptions } from '../options/options.ts'
import { resolveCreateOptions, resolvePoolOptions } from '../options/resolve.ts'
import { describe, MtcnnError, type MtcnnErrorCode } from '../shared/errors.ts'
import { localEngine } from '../workers/engine.ts'
import { type Policy, Schedule } from '../workers/schedule.ts'
import { startWorker } from '../workers/worker-engine.ts'
import type { Platform } from './platform.ts'

/** What a detector works with: made by {@link start} or {@link startPool}. */
export interface Setup<Image> {
  readonly platform: Platform<Image>
  readonly schedule: Schedule
  readonly defaults: ResolvedOptions
  readonly worker: boolean
  readonly choice: KernelChoice
}

/** One at a time; while it is searched, the next two are decoded. */
const ALONE: Policy = { dropStale: false, prefetch: 2, maxInFlight: 1, retries: 0 }

/** What `MTCNN.create` does on either platform: checks the options, loads kernels and weights, starts the engine. */
export async function start<Image>(platform: Platform<Image>, given: CreateOptions | undefined): Promise<Setup<Image>> {
  const options = resolveCreateOptions(given)
  const worker = options.worker ?? platform.worker
  const { kernels, weights, choice } = await load(platform, options)
  const setup = { platform, defaults: options.detect, choice }
  if (worker !== false) {
    const spawners = platform.workerSpawners()
    try {
      const schedule = await Schedule.start(1, () => startWorker(spawners, kernels, weights), ALONE)
      return { ...setup, schedule, worker: true }
    } catch (error) {
      if (worker === true || !(error instanceof MtcnnError) || error.code !== 'WORKER_FAILED') throw error
    }
  }
  const engine = await localEngine(kernels.module, weights)
  return { ...setup, schedule: await Schedule.start(1, async () => engine, ALONE), worker: false }
}

/** What `MTCNNPool.create` does on either platform. */
export async function startPool<Image>(
  platform: Platform<Image>,
  given: PoolOptions | undefined,
): Promise<Setup<Image> & { size: number }> {
  const { pool, create } = resolvePoolOptions(given)
  const dropStale = pool.policy === 'latest'
  const size = dropStale ? 1 : (pool.size ?? Math.min(Math.max(platform.processors() - 1, 1), 8))
  const prefetch = dropStale ? 0 : (pool.queueLimit ?? size)
  const policy: Policy = { dropStale, prefetch, maxInFlight: size + prefetch, retries: 1 }
  const { kernels, weights, choice } = await load(platform, create)
  const spawners = platform.workerSpawners()
  const schedule = await Schedule.start(size, () => startWorker(spawners, kernels, weights), policy)
  return { platform, schedule, defaults: create.detect, worker: true, choice, size }
}

async function load<Image>(platform: Platform<Image>, options: ResolvedCreateOptions) {
  const [kernels, weights] = await Promise.all([loadKernels(platform, options), loadWeights(platform, options)])
  return { ...kernels, weights }
}

async function loadKernels<Image>({ shipped, read }: Platform<Image>, { module, precision }: ResolvedCreateOptions) {
  if (module !== undefined) {
    return compileGiven(isModule(module) ? module : await bytesOf(module, read, 'INVALID_OPTION', 'the kernels'))
  }
  if (!shipped) throw missing('module', "the package's mtcnn.wasm")
  const choice = chooseKernels(precision)
  return { kernels: await compileKernels(await shipped.kernels(choice)), choice }
}

async function loadWeights<Image>({ shipped, read }: Platform<Image>, { weights = 'f32' }: ResolvedCreateOptions) {
  if (weights !== 'f32' && weights !== 'f16') {
    const bytes = await bytesOf(weights, read, 'INVALID_WEIGHTS', 'the weights')
    // A copy: a worker that fails is replaced by one that takes the weights again, whatever the caller does with the bytes.
    return parseWeights(bytes.length > 0 ? new Uint8Array(bytes) : bytes)
  }
  if (!shipped) throw missing('weights', "the package's weights/mtcnn-f32.bin")
  return shipped.weights(weights)
}

async function bytesOf(
  source: Uint8Array | ArrayBuffer | string | URL,
  read: (source: string | URL) => Promise<Uint8Array>,
  code: MtcnnErrorCode,
  what: string,
): Promise<Uint8Array> {
  try {
    if (typeof source === 'string' || source instanceof URL) return await read(source)
    return source instanceof Uint8Array ? source : new Uint8Array(source)
  } catch (cause) {
    throw new MtcnnError(code, `could not read ${what} from ${describe(source)}`, { cause })
  }
}

function missing(option: string, example: string): MtcnnError {
  return new MtcnnError('INVALID_OPTION', `option '${option}' is needed here, such as ${example}, as bytes or URL`)
}
