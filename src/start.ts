import { localEngine } from './engine.ts'
import { MtcnnError } from './errors.ts'
import type { Pixels } from './image.ts'
import { chooseKernels, compileKernels, type KernelChoice } from './kernels.ts'
import {
  type CreateOptions,
  type PoolOptions,
  type ResolvedCreateOptions,
  type ResolvedOptions,
  resolveCreateOptions,
  resolvePoolOptions,
} from './options.ts'
import { type Policy, Schedule } from './schedule.ts'
import { shippedKernels, shippedWeights } from './shipped.ts'
import { parseWeights } from './weights.ts'
import { type Spawn, startWorker } from './worker-engine.ts'

/** What differs between browser and Node. */
export interface Platform<Image> {
  /** Checks or decodes what the caller gave; throws MtcnnError. */
  pixels(image: Image, signal: AbortSignal | undefined): Pixels | Promise<Pixels>
  /** The bytes behind a path or URL; throws MtcnnError. */
  read(source: string | URL): Promise<Uint8Array>
  /** The weights that come with the library, where they are at hand as a file. */
  shippedFile?(): Promise<Uint8Array | undefined>
  /** The ways to start a worker, best first. */
  ways(): Spawn[]
  /** What option `worker` is where it is not given. */
  readonly worker: false | 'auto'
  /** How many processors there are. */
  processors(): number
}

/** What a detector works with: made by {@link start} or {@link startPool}. */
export interface Setup<Image> {
  readonly platform: Platform<Image>
  readonly schedule: Schedule
  readonly defaults: ResolvedOptions
  readonly worker: boolean
  readonly choice: KernelChoice
}

/** One at a time; while it is searched, the next two are decoded. */
const ALONE: Policy = { latest: false, ahead: 2, places: 1, retries: 0 }

/** What `MTCNN.create` does on either platform: checks the options, loads kernels and weights, starts the engine. */
export async function start<Image>(platform: Platform<Image>, given: CreateOptions | undefined): Promise<Setup<Image>> {
  const options = resolveCreateOptions(given)
  const worker = options.worker ?? platform.worker
  const { kernels, weights, choice } = await load(platform, options)
  const setup = { platform, defaults: options.detect, choice }
  if (worker !== false) {
    const ways = platform.ways()
    try {
      const schedule = await Schedule.start(1, () => startWorker(ways, kernels, weights), ALONE)
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
  const latest = pool.policy === 'latest'
  const size = latest ? 1 : (pool.size ?? Math.min(Math.max(platform.processors() - 1, 1), 8))
  const ahead = latest ? 0 : (pool.queueLimit ?? size)
  const policy: Policy = { latest, ahead, places: size + ahead, retries: 1 }
  const { kernels, weights, choice } = await load(platform, create)
  const ways = platform.ways()
  const schedule = await Schedule.start(size, () => startWorker(ways, kernels, weights), policy)
  return { platform, schedule, defaults: create.detect, worker: true, choice, size }
}

async function load<Image>(platform: Platform<Image>, { weights, precision }: ResolvedCreateOptions) {
  const parameters = async () => {
    if (weights === undefined) {
      const file = await platform.shippedFile?.()
      return file ? parseWeights(file) : shippedWeights()
    }
    if (typeof weights === 'string' || weights instanceof URL) return parseWeights(await platform.read(weights))
    return parseWeights(weights instanceof Uint8Array ? weights : new Uint8Array(weights))
  }
  const choice = chooseKernels(precision)
  const [kernels, checked] = await Promise.all([shippedKernels(choice).then(compileKernels), parameters()])
  return { kernels, weights: checked, choice }
}
