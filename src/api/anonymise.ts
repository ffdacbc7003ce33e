import { hideFaces, type RgbaImage } from '../faces/anonymise.ts'
import { checkFaces } from '../faces/check-faces.ts'
import { checkBytes, type Pixels, type ReadOptions } from '../image/pixels.ts'
import { type AnonymiseOptions, resolveAnonymiseOptions } from '../options/anonymise.ts'
import { MtcnnError } from '../shared/errors.ts'
import type { AnyFace } from '../shared/face.ts'
import type { ClampedBytes } from '../shared/global.ts'
import { whileWanted } from '../shared/while-wanted.ts'

/**
 * Reads an image and hides faces in a copy of its pixels. What `anonymiseFaces` does on either platform.
 *
 * @param read - Of the platform.
 */
export async function anonymise<Image>(
  read: (image: Image, options: ReadOptions) => Pixels | Promise<Pixels>,
  image: Image,
  faces: readonly AnyFace[],
  options?: AnonymiseOptions,
): Promise<RgbaImage> {
  checkFaces(faces, 'anonymiseFaces')
  const { hide, reading } = resolveAnonymiseOptions(options)
  return whileWanted(reading.signal, async (signal) => {
    const pixels = await read(image, { ...reading, signal })
    signal?.throwIfAborted()
    checkBytes(pixels)
    const copy = toRgba(pixels)
    hideFaces(copy, faces, hide)
    return copy
  })
}

/** A copy with four channels in the order red, green, blue, alpha. */
function toRgba({ data, width, height, channels, order, stride }: Pixels): RgbaImage {
  const rgba = allocated(width, height)
  const [red, blue] = order === 'bgr' ? [2, 0] : [0, 2]
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0, from = y * stride; x < width; x++, from += channels, to += 4) {
      const grey = channels === 1
      rgba[to] = data[from + (grey ? 0 : red)]!
      rgba[to + 1] = data[from + (grey ? 0 : 1)]!
      rgba[to + 2] = data[from + (grey ? 0 : blue)]!
      rgba[to + 3] = channels === 4 ? data[from + 3]! : 255
    }
  }
  return { data: rgba, width, height, channels: 4 }
}

function allocated(width: number, height: number): ClampedBytes {
  try {
    return new Uint8ClampedArray(4 * width * height)
  } catch (cause) {
    const message = `there is no memory for a copy of this image: ${4 * width * height} bytes`
    throw new MtcnnError('OUT_OF_MEMORY', message, { cause })
  }
}
