import { fetchBytes, type ImageInput, readImage } from '../image/browser/read.ts'
import { browserSpawners } from '../workers/spawn.browser.ts'
import type { Platform } from './platform.ts'

/** A page, or a worker of one; also any other runtime with the interfaces of the web. */
export const IN_BROWSER: Omit<Platform<ImageInput>, 'localEngine' | 'cropping'> = {
  pixels: readImage,
  read: fetchBytes,
  workerSpawners: browserSpawners,
  worker: 'auto',
  processors: () => globalThis.navigator?.hardwareConcurrency ?? 2,
}
