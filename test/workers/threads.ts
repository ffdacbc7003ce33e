/** Detectors with worker threads that a test can watch and end. */

import { type Setup, start, startPool } from '../../src/api/create.ts'
import { Detector } from '../../src/api/detector.ts'
import type { Platform } from '../../src/api/platform.ts'
import { shippedKernels } from '../../src/assets/embedded-kernels.ts'
import { shippedWeights } from '../../src/assets/embedded-weights.ts'
import * as cropping from '../../src/faces/cropping.ts'
import type { PixelImage } from '../../src/image/pixels.ts'
import { toPixels } from '../../src/image/to-pixels.ts'
import type { CreateOptions, PoolOptions } from '../../src/options/options.ts'
import * as tracking from '../../src/tracking/tracking.ts'
import { localEngine } from '../../src/workers/engine.ts'
import type { Reply, Request } from '../../src/workers/protocol.ts'
import { channelTo, nodeSpawners } from '../../src/workers/spawn.node.ts'
import type { WorkerSpawner } from '../../src/workers/start-worker.ts'
import * as team from '../../src/workers/team-engine.ts'
import type { Channel } from '../../src/workers/worker-engine.ts'

/** A worker whose messages are written down. */
export interface WatchedChannel extends Channel {
  /** Types of all messages in both directions, in their order. */
  readonly messages: (Request['type'] | Reply['type'])[]
  readonly ended: Promise<void>
  /** Resolves once a message of this type has passed. */
  passed(type: Request['type'] | Reply['type']): Promise<void>
  /** Resolves once the worker has begun with the first task that was posted. */
  begun(): Promise<void>
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
      const channel = watchedChannel(await spawn())
      channels.push(channel)
      return channel
    }
  const platform: Platform<PixelImage> = {
    pixels: toPixels,
    read: () => Promise.reject(new Error('no files here')),
    workerSpawners: () => spawners.map(watch),
    shipped: { kernels: shippedKernels, weights: shippedWeights },
    localEngine,
    cropping: async () => cropping,
    tracking: async () => tracking,
    liveFrames: () => undefined,
    team: async () => team,
    worker: false,
    processors: () => 3,
  }
  return { platform, channels }
}

function watchedChannel(channel: Channel): WatchedChannel {
  const messages: WatchedChannel['messages'] = []
  const waiting: { type: string; resolve(): void }[] = []
  const note = (type: Request['type'] | Reply['type']) => {
    messages.push(type)
    for (const one of waiting) if (one.type === type) one.resolve()
  }
  let over = () => {}
  const ended = new Promise<void>((resolve) => {
    over = resolve
  })
  let claims: Int32Array = new Int32Array()
  let first = 0
  return {
    ...channel,
    messages,
    ended,
    passed: (type) =>
      new Promise((resolve) => {
        if (messages.includes(type)) resolve()
        else waiting.push({ type, resolve })
      }),
    async begun() {
      while (first === 0 || claims.includes(first)) await new Promise((resolve) => setImmediate(resolve))
    },
    post(message, transfer) {
      if (message.type === 'start') claims = message.claims!
      else if (message.type !== 'abort' && message.type !== 'team') first ||= message.id
      channel.post(message, transfer)
      note(message.type)
    },
    listen: (reply, end) =>
      channel.listen(
        (message) => {
          note(message.type)
          reply(message)
        },
        (cause) => {
          end(cause)
          over()
        },
      ),
  }
}

/** A worker that starts like the library's and then runs `onSearch` for every search, with `port` and `message` at hand. */
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
