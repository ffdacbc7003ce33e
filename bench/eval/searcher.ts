/** Variants as functions from pixels to faces. */
import type { Pixels } from '../../src/image/pixels.ts'
import type { AnyFace } from '../../src/shared/face.ts'
import type { Variant } from './variants.ts'

export type Searcher = (pixels: Pixels) => Promise<readonly AnyFace[]>

type Library = typeof import('../../src/index.node.ts')

/**
 * The detector of a variant, as it is published.
 *
 * @param output - O-Net's threshold, where the variant does not name its own.
 */
export async function createSearcher({ options }: Variant, output: number): Promise<Searcher> {
  const library: Library = await import(new URL('../../dist/index.node.js', import.meta.url).href)
  const thresholds = { ...options.thresholds, output: options.thresholds?.output ?? output }
  const detector = await library.MTCNN.create({ ...options, thresholds })
  return (pixels) => detector.detectFaces(pixels)
}
