import type { Platform } from '../start.ts'
import { fetchBytes, type ImageInput, readImage } from './browser.ts'
import { browserWays } from './spawn-browser.ts'

/** A page, or a worker of one; also any other runtime with the interfaces of the web. */
export const IN_BROWSER: Platform<ImageInput> = {
  pixels: readImage,
  read: fetchBytes,
  ways: browserWays,
  worker: 'auto',
  processors: () => globalThis.navigator?.hardwareConcurrency ?? 2,
}
