import type { CompiledKernels } from '../assets/compile.ts'
import type { Weights } from '../assets/weights.ts'
import { abortable } from '../shared/abortable.ts'
import { MtcnnError } from '../shared/errors.ts'
import type { PixelBuffers } from './pixel-buffers.ts'
import { type Channel, WorkerEngine } from './worker-engine.ts'

/** Starts a worker. It may throw; and the worker may fail later, when it loads its script. */
export type WorkerSpawner = () => Channel | Promise<Channel>

/** Milliseconds for each of the two steps of starting: until the script runs, and until the kernels are ready. */
export const START_TIMEOUT_MS = 10_000

/** What a worker is started with. */
export interface WorkerSetup {
  /** Best first. The one that worked is moved to the front, so that the next worker starts without detours. */
  readonly spawners: WorkerSpawner[]
  readonly kernels: CompiledKernels
  readonly weights: Weights
  /** Of all workers of a detector together. */
  readonly buffers: PixelBuffers
}

/**
 * Starts a worker with the first spawner that works.
 *
 * @param signal - Ends the start.
 * @throws MtcnnError WORKER_FAILED where no worker starts, or one does not get ready in time; UNSUPPORTED_PLATFORM or
 * OUT_OF_MEMORY where it starts and cannot run the kernels; the reason of the signal.
 */
export async function startWorker(setup: WorkerSetup, signal?: AbortSignal): Promise<WorkerEngine> {
  const { spawners, kernels, weights, buffers } = setup
  if (spawners.length === 0) {
    throw new MtcnnError(
      'WORKER_FAILED',
      'this runtime has no workers: use MTCNN.create({ worker: false }), not MTCNNPool',
    )
  }
  const worker = await loadWorker(spawners, buffers, signal)
  try {
    await inTime(worker.start(kernels, weights), 'its script runs, but its kernels were not ready', signal)
    return worker
  } catch (error) {
    worker.dispose()
    throw error
  }
}

/** A worker whose script runs. */
async function loadWorker(
  spawners: WorkerSpawner[],
  buffers: PixelBuffers,
  signal: AbortSignal | undefined,
): Promise<WorkerEngine> {
  const reasons: unknown[] = []
  for (const spawn of [...spawners]) {
    const spawning = spawned(spawn, buffers)
    const loading = spawning.then(async (worker) => {
      await worker.loaded()
      return worker
    })
    try {
      const worker = await inTime(loading, 'its script did not run', signal)
      spawners.splice(spawners.indexOf(spawn), 1)
      spawners.unshift(spawn)
      return worker
    } catch (cause) {
      spawning.then(
        (worker) => worker.dispose(),
        () => undefined,
      )
      if (signal?.aborted) throw cause
      reasons.push(cause)
    }
  }
  const messages = reasons.map((reason) => (reason instanceof Error ? reason.message : String(reason)))
  throw new MtcnnError('WORKER_FAILED', `no worker could be started: ${[...new Set(messages)].join('; ')}`, {
    cause: new AggregateError(reasons),
  })
}

async function spawned(spawn: WorkerSpawner, buffers: PixelBuffers): Promise<WorkerEngine> {
  return new WorkerEngine(await spawn(), buffers)
}

/** Waits for a step of starting; rejects where it takes too long or the signal is aborted. */
async function inTime<T>(step: Promise<T>, fault: string, signal: AbortSignal | undefined): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new MtcnnError('WORKER_FAILED', `the worker did not start: ${fault} within ${START_TIMEOUT_MS} ms`))
    }, START_TIMEOUT_MS)
  })
  try {
    return await abortable(Promise.race([step, late]), signal)
  } finally {
    clearTimeout(timer)
  }
}
