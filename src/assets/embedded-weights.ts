import { decodeBase64 } from './base64.ts'
import { parseShipped, type Weights } from './weights.ts'

/** The weights that come with the library: each a chunk of its own, loaded when first asked for. */
export async function shippedWeights(dtype: Weights['dtype']): Promise<Weights> {
  const file = dtype === 'f32' ? import('../../weights/mtcnn-f32.bin') : import('../../weights/mtcnn-f16.bin')
  return parseShipped(decodeBase64((await file).default), dtype, `the chunk of mtcnn-${dtype}.bin`)
}
