import { availableParallelism } from 'node:os'
import { decode, readBytes } from '../image/node/read.ts'
import { type EncodedImage, isEncodedImage, type PixelImage, toPixels } from '../image/pixels.ts'
import { nodeSpawners } from '../workers/spawn.node.ts'
import type { Platform } from './platform.ts'

/** What a detector takes: raw pixels, or an image file (path, `file:` URL or bytes), which `sharp` decodes. */
export type ImageInput = PixelImage | EncodedImage

export const IN_NODE: Platform<ImageInput> = {
  pixels: (image, options) => (isEncodedImage(image) ? decode(image, options) : toPixels(image)),
  read: readBytes,
  workerSpawners: nodeSpawners,
  worker: false,
  processors: availableParallelism,
}
