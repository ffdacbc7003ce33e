/**
 * Detectors whose worker threads a test can get hold of.
 */

import { type Setup, start, startPool } from '../../src/api/create.ts'
import { Detector } from '../../src/api/detector.ts'
import type { Platform } from '../../src/api/platform.ts'
import { shippedKernels, shippedWeights } from '../../src/assets/embedded.ts'
import { type PixelImage, toPixels } from '../../src/image/pixels.ts'
import type { CreateOptions, PoolOptions } from '../../src/options/options.ts'
import { channelTo, nodeSpawners } from '../../src/workers/spawn.node.ts'
import type { Channel, WorkerSpawner } from '../../src/workers/worker-engine.ts'

/** A worker of which is known how much it was given to do, and when it has ended. */
export interface WatchedChannel extends Channel {
  readonly ended: Promise<void>
  /** Images posted so far. */
  searches: number
}

export class TestDetector<Skipped extends null = never> extends Detector<PixelImage, Skipped> {
  /** The workers started so far. */
  readonly channels: WatchedChannel[]

  constructor(setup: Setup<PixelImage>, channels: WatchedChannel[]) {
    super(setup)
    this.channels = channels
  }

  static async create(options?: CreateOptions, spawners?: WorkerSpawner[]): Promise<TestDetector> {
    const { platform, channels } = watched(spawners)
    return new TestDetector(await start(platform, options), channels)
  }

  static async pool(options?: PoolOptions, spawners?: WorkerSpawner[]): Promise<TestDetector<null>> {
    const { platform, channels } = watched(spawners)
    return new TestDetector(await startPool(platform, options), channels)
  }
}

/** The worker's file is there only once built; its text is what tests run. */
const FROM_TEXT = nodeSpawners().slice(1)

function watched(spawners: WorkerSpawner[] = FROM_TEXT): {
  platform: Platform<PixelImage>
  channels: WatchedChannel[]
} {
  const channels: WatchedChannel[] = []
  const watch =
    (spawn: WorkerSpawner): WorkerSpawner =>
    async () => {
      const channel = await spawn()
      let over = () => {}
      const ended = new Promise<void>((resolve) => {
        over = resolve
      })
      const watched: WatchedChannel = {
        ...channel,
        ended,
        searches: 0,
        post(message, transfer) {
          channel.post(message, transfer)
          if (message.type === 'search') watched.searches++
        },
        listen: (reply, end) =>
          channel.listen(reply, (cause) => {
            end(cause)
            over()
          }),
      }
      channels.push(watched)
      return watched
    }
  const platform: Platform<PixelImage> = {
    pixels: toPixels,
    read: () => Promise.reject(new Error('no files here')),
    workerSpawners: () => spawners.map(watch),
    shipped: { kernels: shippedKernels, weights: shippedWeights },
    worker: false,
    processors: () => 3,
  }
  return { platform, channels }
}

/** A worker that starts as ours do and then does as told with every search: `port`, `message` are at hand. */
export function scripted(onSearch: string): WorkerSpawner {
  const script = `
    import { parentPort as port } from 'node:worker_threads'
    port.postMessage({ type: 'loaded' })
    port.on('message', (message) => {
      if (message.type === 'start') port.postMessage({ type: 'ready' })
      if (message.type === 'search') { ${onSearch} }
    })`
  return () => channelTo(new URL(`data:text/javascript,${encodeURIComponent(script)}`))
}
