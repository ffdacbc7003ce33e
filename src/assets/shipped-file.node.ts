import { readFile } from 'node:fs/promises'
import * as zlib from 'node:zlib'

/**
 * The weights that come with the library, as the file they also come as: quicker to load than the chunk that embeds them.
 * Undefined where a bundler has moved this code away from it.
 */
export async function shippedFile(dtype: 'f32' | 'f16'): Promise<Uint8Array | undefined> {
  // Each name in full: bundlers that copy files find them by these lines.
  const file =
    dtype === 'f32'
      ? new URL('../../weights/mtcnn-f32.bin', import.meta.url)
      : new URL('../../weights/mtcnn-f16.bin', import.meta.url)
  try {
    return await readFile(file)
  } catch {
    return undefined
  }
}

/** CRC-32 in native code; undefined before Node 20.15. */
export const nativeCrc32 = (zlib as { crc32?: (bytes: Uint8Array) => number }).crc32
