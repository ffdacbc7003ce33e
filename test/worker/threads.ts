/**
 * Detectors whose worker threads a test can get hold of.
 */
import { type PixelImage, toPixels } from '../../src/image.ts'
import { Detector } from '../../src/mtcnn.ts'
import type { CreateOptions, PoolOptions } from '../../src/options.ts'
import { channelTo, nodeWays } from '../../src/platform/spawn-node.ts'
import { type Platform, type Setup, start, startPool } from '../../src/start.ts'
import type { Channel, Spawn } from '../../src/worker-engine.ts'

export class TestDetector<Skipped extends null = never> extends Detector<PixelImage, Skipped> {
  /** The workers started so far. */
  readonly channels: Channel[]

  constructor(setup: Setup<PixelImage>, channels: Channel[]) {
    super(setup)
    this.channels = channels
  }

  static async create(options?: CreateOptions, ways?: Spawn[]): Promise<TestDetector> {
    const { platform, channels } = watched(ways)
    return new TestDetector(await start(platform, options), channels)
  }

  static async pool(options?: PoolOptions, ways?: Spawn[]): Promise<TestDetector<null>> {
    const { platform, channels } = watched(ways)
    return new TestDetector(await startPool(platform, options), channels)
  }
}

/** The worker's file is there only once built; its text is what tests run. */
const FROM_TEXT = nodeWays().slice(1)

function watched(ways: Spawn[] = FROM_TEXT): { platform: Platform<PixelImage>; channels: Channel[] } {
  const channels: Channel[] = []
  const watch =
    (spawn: Spawn): Spawn =>
    async () => {
      const channel = await spawn()
      channels.push(channel)
      return channel
    }
  const platform: Platform<PixelImage> = {
    pixels: toPixels,
    read: () => Promise.reject(new Error('no files here')),
    ways: () => ways.map(watch),
    worker: false,
    processors: () => 3,
  }
  return { platform, channels }
}

/** A worker that starts as ours do and then does as told with every search: `port`, `message` are at hand. */
export function scripted(onSearch: string): Spawn {
  const script = `
    import { parentPort as port } from 'node:worker_threads'
    port.postMessage({ type: 'loaded' })
    port.on('message', (message) => {
      if (message.type === 'start') port.postMessage({ type: 'ready' })
      if (message.type === 'search') { ${onSearch} }
    })`
  return () => channelTo(new URL(`data:text/javascript,${encodeURIComponent(script)}`))
}
