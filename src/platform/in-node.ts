import { availableParallelism } from 'node:os'
import { type EncodedImage, isEncodedImage, type PixelImage, toPixels } from '../image.ts'
import type { Platform } from '../start.ts'
import { decode, readBytes } from './node.ts'
import { nodeWays } from './spawn-node.ts'

/** What a detector takes: raw pixels, or an image file (path, `file:` URL or bytes), which `sharp` decodes. */
export type ImageInput = PixelImage | EncodedImage

export const IN_NODE: Platform<ImageInput> = {
  pixels: (image) => (isEncodedImage(image) ? decode(image) : toPixels(image)),
  read: readBytes,
  ways: nodeWays,
  worker: false,
  processors: availableParallelism,
}
