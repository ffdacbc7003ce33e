import { describe, expect, it } from 'vitest'
import type { Ort } from '../../bench/peers/onnxruntime.ts'
import { createYuNet, decodeYuNet, LEAST_CONFIDENCE, type YuNetMap, yunetInput } from '../../bench/peers/yunet.ts'
import type { Pixels } from '../../src/image/pixels.ts'

const NAMES = [8, 16, 32].flatMap((stride) => ['cls', 'obj', 'bbox', 'kps'].map((name) => `${name}_${stride}`))

/** A map without faces, for an image of width x height. */
function emptyMap(stride: number, width: number, height: number): YuNetMap {
  const columns = width / stride
  const cells = (columns * height) / stride
  const numbers = (each: number) => new Float32Array(cells * each)
  return { stride, columns, cls: numbers(1), obj: numbers(1), bbox: numbers(4), kps: numbers(10) }
}

/** Puts a face into a cell: centre, logarithm of the size and landmarks as the net would answer. */
function put(
  map: YuNetMap,
  column: number,
  row: number,
  cls: number,
  obj: number,
  bbox: number[],
  kps?: number[],
): void {
  const cell = row * map.columns + column
  map.cls[cell] = cls
  map.obj[cell] = obj
  map.bbox.set(bbox, 4 * cell)
  map.kps.set(kps ?? [], 10 * cell)
}

const IMAGE = { width: 120, height: 90 }

describe("YuNet's answer", () => {
  it('is decoded from the cells of each stride', () => {
    const map = emptyMap(16, 128, 96)
    put(map, 3, 2, 0.5, 0.98, [0.5, -0.25, Math.log(2), Math.log(2.5)], [0, 0.1, 1, 0.2, 0.5, 0.5, 0.25, 1, 0.75, 1.5])
    const [face, ...others] = decodeYuNet([emptyMap(8, 128, 96), map, emptyMap(32, 128, 96)], IMAGE, 0.1)
    expect(others).toEqual([])
    expect(face!.confidence).toBeCloseTo(0.7, 6)
    // Centre (3.5, 1.75) * 16 = (56, 28); 32 wide, 40 high.
    expect(face!.box.x).toBeCloseTo(40, 4)
    expect(face!.box.y).toBeCloseTo(8, 4)
    expect(face!.box.width).toBeCloseTo(32, 4)
    expect(face!.box.height).toBeCloseTo(40, 4)
    const points = Object.values(face!.keypoints).flatMap(({ x, y }) => [x, y])
    const wanted = [48, 33.6, 64, 35.2, 56, 40, 52, 48, 60, 56]
    for (const [n, value] of points.entries()) expect(value).toBeCloseTo(wanted[n]!, 4)
    expect(Object.keys(face!.keypoints)).toEqual(['leftEye', 'rightEye', 'nose', 'mouthLeft', 'mouthRight'])
  })

  it('has scores cut to 0..1, the surest first, and nothing under the threshold', () => {
    const map = emptyMap(8, 128, 96)
    put(map, 1, 1, 0.5, 0.5, [0, 0, 0, 0])
    put(map, 5, 5, 1.7, 1.2, [0, 0, 0, 0])
    put(map, 9, 9, 0.3, 0.3, [0, 0, 0, 0])
    put(map, 12, 3, -1, -1, [0, 0, 0, 0])
    expect(decodeYuNet([map], IMAGE, 0.4).map(({ confidence }) => confidence)).toEqual([1, 0.5])
    expect(decodeYuNet([map], IMAGE, LEAST_CONFIDENCE)).toHaveLength(3)
  })

  it('drops the weaker of two that overlap by more than 0.3, also across strides', () => {
    const [small, large] = [emptyMap(8, 128, 96), emptyMap(32, 128, 96)]
    // 32 px wide at (48, 48), and shifted by 16 (overlap 1/3) or by 24 (overlap 1/7).
    put(large, 1, 1, 0.9, 0.9, [0.5, 0.5, 0, 0])
    put(small, 8, 6, 0.8, 0.8, [0, 0, Math.log(4), Math.log(4)])
    put(small, 9, 6, 0.7, 0.7, [0, 0, Math.log(4), Math.log(4)])
    const found = decodeYuNet([small, large], IMAGE, 0.1)
    expect(found.map(({ confidence }) => confidence.toFixed(2))).toEqual(['0.90', '0.70'])
  })

  it('is cut at the edges of the image', () => {
    const map = emptyMap(32, 128, 96)
    put(map, 3, 0, 0.9, 0.9, [0.5, 0.25, 0, 0])
    const [face] = decodeYuNet([map], IMAGE, 0.1)
    expect(face!.box).toEqual({ x: 96, y: 0, width: 24, height: 24 })
  })
})

describe("YuNet's input", () => {
  it('is blue, green, red as they are, padded to multiples of 32 with zeros', () => {
    const rgb = Uint8Array.from([1, 2, 3, 4, 5, 6, 0, 0, 7, 8, 9, 10, 11, 12, 0, 0])
    const image: Pixels = { data: rgb, width: 2, height: 2, channels: 3, order: 'rgb', stride: 8 }
    const { x, width, height } = yunetInput(image)
    expect([width, height, x.length]).toEqual([32, 32, 3 * 32 * 32])
    const plane = (n: number) => [0, 1, 2, 32, 33, 64].map((at) => x[n * 1024 + at])
    expect(plane(0)).toEqual([3, 6, 0, 9, 12, 0])
    expect(plane(1)).toEqual([2, 5, 0, 8, 11, 0])
    expect(plane(2)).toEqual([1, 4, 0, 7, 10, 0])
    const bgr = yunetInput({ ...image, order: 'bgr' }).x
    expect([bgr[0], bgr[2048]]).toEqual([1, 3])
  })
})

describe('YuNet', () => {
  /** A runtime whose model answers with one face of a confidence. */
  function runtime(outputs: readonly string[], confidence: number) {
    const asked: { shape: readonly number[] }[] = []
    class Tensor {
      readonly data: Float32Array
      readonly shape: readonly number[]
      constructor(_type: 'float32', data: Float32Array, shape: readonly number[]) {
        this.data = data
        this.shape = shape
      }
    }
    const run = async ({ image }: Record<string, { data: Float32Array }>) => {
      const { shape } = image as Tensor
      asked.push({ shape })
      const [, , height, width] = shape as [number, number, number, number]
      const maps = [8, 16, 32].map((stride) => emptyMap(stride, width, height))
      put(maps[0]!, 0, 0, confidence, confidence, [1, 1, 0, 0])
      return Object.fromEntries(
        maps.flatMap((map) =>
          (['cls', 'obj', 'bbox', 'kps'] as const).map((name) => [`${name}_${map.stride}`, { data: map[name] }]),
        ),
      )
    }
    const ort: Ort = {
      env: { versions: {}, wasm: {} },
      InferenceSession: { create: async () => ({ inputNames: ['image'], outputNames: outputs, run }) },
      Tensor,
    }
    return { ort, asked }
  }
  const grey: Pixels = {
    data: new Uint8Array(70 * 40 * 3).fill(128),
    width: 70,
    height: 40,
    channels: 3,
    order: 'rgb',
    stride: 210,
  }

  it('asks for the padded image and decodes the answer', async () => {
    const { ort, asked } = runtime(NAMES, 0.75)
    const yunet = await createYuNet(ort, new Uint8Array(), 'cpu', 0)
    expect((await yunet(grey)).map(({ box }) => box)).toEqual([{ x: 4, y: 4, width: 8, height: 8 }])
    expect(asked).toEqual([{ shape: [1, 3, 64, 96] }])
    expect(await (await createYuNet(ort, new Uint8Array(), 'cpu', 0.8))(grey)).toEqual([])
    const weak = await createYuNet(runtime(NAMES, 0.019).ort, new Uint8Array(), 'cpu', 0)
    expect(await weak(grey)).toEqual([])
  })

  it('refuses a model of another kind, and says what it lacks', async () => {
    const { ort } = runtime(['cls_8', 'scores'], 0.5)
    await expect(createYuNet(ort, new Uint8Array(), 'cpu', 0)).rejects.toThrow(/none of YuNet: .* obj_8, bbox_8/)
  })
})
