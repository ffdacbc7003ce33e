/**
 * YuNet, the small detector that many would pick instead, under ONNX Runtime. Its model is not part of this project: a file
 * that the caller has (libfacedetection.train), of any input size.
 */
import type { Pixels } from '../../src/image/pixels.ts'
import { direction } from '../../src/shared/angle.ts'
import type { Box, Face, Point } from '../../src/shared/face.ts'
import type { Ort } from './onnxruntime.ts'

/** A cell is so many pixels of the image wide and high. */
const STRIDES = [8, 16, 32] as const
/** Width and height are padded to multiples of it. */
const MULTIPLE = 32
/** Overlap by union above which the weaker of two boxes is dropped. */
const OVERLAP = 0.3
/** Weaker cells are not decoded: there are thousands in every image, and the curve ends before them. */
export const LEAST_CONFIDENCE = 0.02

/** The answer of one stride; cells row by row. */
export interface YuNetMap {
  readonly stride: number
  /** Cells in a row. */
  readonly columns: number
  /** [cells]: whether a face is centred here... */
  readonly cls: Float32Array
  /** [cells]: ...and how well the box fits. */
  readonly obj: Float32Array
  /** [cells][4]: centre from the cell's corner and logarithm of width and height, in cells. */
  readonly bbox: Float32Array
  /** [cells][5][2]: landmarks from the cell's corner, in cells. */
  readonly kps: Float32Array
}

/** Finds faces in pixels, by descending confidence. */
export type YuNet = (image: Pixels) => Promise<Face[]>

/**
 * Loads the model.
 *
 * @param least - Confidence of the weakest face in the answer; at least LEAST_CONFIDENCE.
 * @throws Error where the model is none of YuNet.
 */
export async function createYuNet(
  ort: Ort,
  model: Uint8Array,
  provider: 'cpu' | 'wasm',
  least: number,
): Promise<YuNet> {
  const session = await ort.InferenceSession.create(model, {
    executionProviders: [provider],
    graphOptimizationLevel: 'all',
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  })
  const [input = ''] = session.inputNames
  const wanted = STRIDES.flatMap((stride) => ['cls', 'obj', 'bbox', 'kps'].map((name) => `${name}_${stride}`))
  const lacking = wanted.filter((name) => !session.outputNames.includes(name))
  if (lacking.length > 0) throw new Error(`the model is none of YuNet: it has no output ${lacking.join(', ')}`)
  return async (image) => {
    const { x, width, height } = yunetInput(image)
    const answer = await session.run({ [input]: new ort.Tensor('float32', x, [1, 3, height, width]) })
    const maps = STRIDES.map((stride): YuNetMap => {
      const data = (name: string) => answer[`${name}_${stride}`]!.data
      return {
        stride,
        columns: width / stride,
        cls: data('cls'),
        obj: data('obj'),
        bbox: data('bbox'),
        kps: data('kps'),
      }
    })
    return decodeYuNet(maps, image, Math.max(least, LEAST_CONFIDENCE))
  }
}

/** Blue, green, red, 0..255, plane after plane; right and bottom padded with zeros. */
export function yunetInput({ data, width, height, channels, order, stride }: Pixels): {
  x: Float32Array
  width: number
  height: number
} {
  const padded = (side: number) => Math.ceil(side / MULTIPLE) * MULTIPLE
  const [columns, rows] = [padded(width), padded(height)]
  const plane = columns * rows
  const x = new Float32Array(3 * plane)
  const [blue, red] = order === 'rgb' ? [2, 0] : [0, 2]
  for (let v = 0; v < height; v++) {
    for (let u = 0, from = v * stride, to = v * columns; u < width; u++, from += channels, to++) {
      x[to] = data[from + blue]!
      x[to + plane] = data[from + 1]!
      x[to + 2 * plane] = data[from + red]!
    }
  }
  return { x, width: columns, height: rows }
}

/** Cells over the threshold as faces, the weaker of those that overlap dropped, cut at the edges of the image as ours are. */
export function decodeYuNet(
  maps: readonly YuNetMap[],
  image: { readonly width: number; readonly height: number },
  least: number,
): Face[] {
  const faces: Face[] = []
  for (const map of maps) {
    for (let cell = 0; cell < map.cls.length; cell++) {
      const confidence = Math.sqrt(between0And1(map.cls[cell]!) * between0And1(map.obj[cell]!))
      if (confidence >= least) faces.push(faceOf(map, cell, confidence))
    }
  }
  faces.sort((a, b) => b.confidence - a.confidence)
  const kept: Face[] = []
  for (const face of faces) {
    if (kept.every((other) => overlap(other.box, face.box) <= OVERLAP)) kept.push(face)
  }
  return kept.map((face) => ({ ...face, box: clipped(face.box, image) }))
}

function faceOf({ stride, columns, bbox, kps }: YuNetMap, cell: number, confidence: number): Face {
  const column = cell % columns
  const row = Math.floor(cell / columns)
  const width = Math.exp(bbox[4 * cell + 2]!) * stride
  const height = Math.exp(bbox[4 * cell + 3]!) * stride
  const x = (column + bbox[4 * cell]!) * stride - width / 2
  const y = (row + bbox[4 * cell + 1]!) * stride - height / 2
  const point = (k: number): Point => ({
    x: (column + kps[10 * cell + 2 * k]!) * stride,
    y: (row + kps[10 * cell + 2 * k + 1]!) * stride,
  })
  const [leftEye, rightEye] = [point(0), point(1)]
  const keypoints = { leftEye, rightEye, nose: point(2), mouthLeft: point(3), mouthRight: point(4) }
  const roll = direction(rightEye.x - leftEye.x, rightEye.y - leftEye.y)
  return { box: { x, y, width, height }, confidence, keypoints, roll }
}

function between0And1(value: number): number {
  return Math.min(1, Math.max(0, value))
}

function overlap(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y)
  if (width <= 0 || height <= 0) return 0
  return (width * height) / (a.width * a.height + b.width * b.height - width * height)
}

function clipped({ x, y, width, height }: Box, image: { readonly width: number; readonly height: number }): Box {
  const [left, top] = [Math.max(0, x), Math.max(0, y)]
  const right = Math.min(image.width, x + width)
  const bottom = Math.min(image.height, y + height)
  return { x: left, y: top, width: Math.max(0, right - left), height: Math.max(0, bottom - top) }
}
