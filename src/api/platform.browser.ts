import { liveFramesOf } from '../image/browser/live-source.ts'
import { fetchBytes, type ImageInput } from '../image/browser/reader.ts'
import { browserSpawners } from '../workers/spawn.browser.ts'
import type { Platform } from './platform.ts'

/** A page, or a worker of one; also any other runtime with the interfaces of the web. */
export const IN_BROWSER: Omit<Platform<ImageInput>, 'pixels' | 'localEngine' | 'cropping' | 'tracking' | 'team'> = {
  read: fetchBytes,
  workerSpawners: browserSpawners,
  worker: 'auto',
  liveFrames: liveFramesOf,
  processors: () => globalThis.navigator?.hardwareConcurrency ?? 2,
}
