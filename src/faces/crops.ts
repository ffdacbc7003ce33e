import type { CropOutput, ResolvedCropOptions } from '../options/crop.ts'
import { inverseOf } from '../shared/affine.ts'
import { MtcnnError } from '../shared/errors.ts'
import { type AnyFace, KEYPOINT_NAMES } from '../shared/face.ts'
import type { ClampedBytes } from '../shared/global.ts'
import type { WarpRequest } from '../wasm/warper.ts'
import { alignmentOf, type CropSubject } from './alignment.ts'

/** A face cut out of its image. */
export interface Crop<O extends CropOutput = 'rgba'> {
  /**
   * Bytes or floats, row by row; for `'float32'` in the order that option `layout` says. A crop of bytes is an image that
   * `detectFaces` takes, and one of `'rgba'` can become `new ImageData(data, width, height)`.
   */
  data: O extends 'float32' ? Float32Array : ClampedBytes
  /** Pixels. */
  width: number
  /** Pixels. */
  height: number
  /** Numbers a pixel: 4 for `'rgba'`, else 3. */
  channels: O extends 'rgba' ? 4 : 3
  /**
   * `[a, b, tx, c, d, ty]`: pixel (x, y) of the image lies at (a x + b y + tx, c x + d y + ty) of the crop. Pixel centres are at
   * whole numbers.
   */
  matrix: [a: number, b: number, tx: number, c: number, d: number, ty: number]
}

/** How faces are cut out: what the engine is asked for, and what becomes of its answers. */
export interface CropPlan<O extends CropOutput> {
  readonly requests: readonly WarpRequest[]
  /** @param floats - Of each request: f32 [height][width][3]. */
  cropsOf(floats: readonly Float32Array[]): Crop<O>[]
}

/**
 * Says how faces are cut out.
 *
 * @throws MtcnnError INVALID_OPTION for a face that cannot be: without keypoints or extent, or out of range.
 */
export function planCrops<O extends CropOutput>(
  faces: readonly AnyFace[],
  options: ResolvedCropOptions<O>,
): CropPlan<O> {
  const alignments = faces.map((face, n) => alignmentOf(subjectOf(face), options, `face ${n}`))
  const requests = alignments.map(({ matrix, width, height }, n) => {
    const toImage = inverseOf(matrix)
    if (toImage.every(Number.isFinite)) return { toImage, width, height, fill: options.fill }
    throw new MtcnnError('INVALID_OPTION', `face ${n} is too small or too large to be cut out`)
  })
  const channels = (options.output === 'rgba' ? 4 : 3) as Crop<O>['channels']
  return {
    requests,
    cropsOf(floats) {
      return alignments.map(({ matrix, width, height }, n) => {
        const data = allocating(() => cropData(floats[n]!, options)) as Crop<O>['data']
        return { data, width, height, channels, matrix: [...matrix] }
      })
    },
  }
}

/** Where a box was cut at the edges of the image, the whole box counts. */
function subjectOf({ box, unclipped = box, keypoints }: AnyFace): CropSubject {
  if (!keypoints) return { box: unclipped, points: undefined }
  return { box: unclipped, points: KEYPOINT_NAMES.flatMap((name) => [keypoints[name].x, keypoints[name].y]) }
}

/** Arrays that an engine has no memory for are a RangeError. */
function allocating<T>(make: () => T): T {
  try {
    return make()
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    throw new MtcnnError('OUT_OF_MEMORY', 'there is no memory for so many crops of this size', { cause })
  }
}

/** Turns f32 [height][width][3] into what the caller wants. */
function cropData(floats: Float32Array, options: ResolvedCropOptions): Crop<CropOutput>['data'] {
  switch (options.output) {
    case 'rgb':
      // Rounded by the array: halves to even.
      return new Uint8ClampedArray(floats)
    case 'rgba': {
      const rgba = new Uint8ClampedArray((floats.length / 3) * 4).fill(255)
      for (let from = 0, to = 0; from < floats.length; from += 3, to += 4) {
        rgba[to] = floats[from]!
        rgba[to + 1] = floats[from + 1]!
        rgba[to + 2] = floats[from + 2]!
      }
      return rgba
    }
    case 'float32':
      return standardised(floats, options)
  }
}

function standardised(floats: Float32Array, { layout, mean, std }: ResolvedCropOptions): Float32Array {
  const values = new Float32Array(floats.length)
  const count = floats.length / 3
  const [step, plane] = layout === 'nchw' ? [1, count] : [3, 1]
  for (let colour = 0; colour < 3; colour++) {
    const [zero, one] = [mean[colour]!, std[colour]!]
    for (let n = 0; n < count; n++) values[n * step + colour * plane] = (floats[3 * n + colour]! - zero) / one
  }
  return values
}
