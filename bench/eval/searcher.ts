/** Variants as functions from pixels to faces. */

import { readFile } from 'node:fs/promises'
import type { Pixels } from '../../src/image/pixels.ts'
import type { AnyFace } from '../../src/shared/face.ts'
import { loadOrtNode } from '../peers/onnxruntime.ts'
import { createYuNet } from '../peers/yunet.ts'
import type { Variant } from './variants.ts'

export type Searcher = (pixels: Pixels) => Promise<readonly AnyFace[]>

type Library = typeof import('../../src/index.node.ts')

/**
 * The detector of a variant, as it is published; a peer runs in onnxruntime-node on one thread.
 *
 * @param output - The confidence from which faces are given, where the variant does not name its own.
 */
export async function createSearcher(variant: Variant, output: number): Promise<Searcher> {
  if (variant.kind === 'peer') {
    const { ort } = await loadOrtNode()
    return createYuNet(ort, await readFile(variant.model), 'cpu', output)
  }
  const { options, order } = variant
  const library: Library = await import(new URL('../../dist/index.node.js', import.meta.url).href)
  const thresholds = { ...options.thresholds, output: options.thresholds?.output ?? output }
  const detector = await library.MTCNN.create({ ...options, thresholds })
  return (pixels) => detector.detectFaces({ ...pixels, order })
}
