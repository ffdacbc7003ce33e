import { readFile } from 'node:fs/promises'
import * as zlib from 'node:zlib'
import { parseShipped, type Weights } from './weights.ts'

/**
 * The weights that come with the library, as the file they also come as: quicker to load than the chunk that embeds them.
 * Undefined where a bundler has moved this code away from it.
 *
 * @throws MtcnnError INVALID_WEIGHTS
 */
export async function weightsFile(dtype: Weights['dtype']): Promise<Weights | undefined> {
  // Each name in full: bundlers that copy files find them by these lines.
  const file =
    dtype === 'f32'
      ? new URL('../../weights/mtcnn-f32.bin', import.meta.url)
      : new URL('../../weights/mtcnn-f16.bin', import.meta.url)
  let bytes: Uint8Array
  try {
    bytes = await readFile(file)
  } catch {
    return undefined
  }
  return parseShipped(bytes, dtype, String(file), nativeCrc32)
}

/** CRC-32 in native code; undefined before Node 20.15. */
export const nativeCrc32 = (zlib as { crc32?: (bytes: Uint8Array) => number }).crc32
