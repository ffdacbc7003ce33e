import { describe, expect, it } from 'vitest'
import { conv2d, dense, flatten, type Grid, grid, maxPool, prelu, type Tensor } from './conv.ts'
import { normalise, softmax } from './nets.ts'

function gridOf(rows: number[][]): Grid<Float64Array> {
  return { data: Float64Array.from(rows.flat()), height: rows.length, width: rows[0]!.length, channels: 1 }
}

function tensor(shape: number[], data: number[]): Tensor {
  return { shape, data: Float32Array.from(data) }
}

const square = gridOf([
  [1, 2, 3, 4],
  [5, 6, 7, 8],
  [9, 10, 11, 12],
])

describe('conv2d', () => {
  it('runs the first kernel index along x', () => {
    // W[0][0] and W[1][0]: the cell and its RIGHT neighbour, weighted 1 and 10
    const out = conv2d(square, tensor([2, 1, 1, 1], [1, 10]), tensor([1], [0]))
    expect([out.height, out.width]).toEqual([3, 3])
    expect([...out.data]).toEqual([21, 32, 43, 65, 76, 87, 109, 120, 131])
  })

  it('runs the second kernel index along y', () => {
    const out = conv2d(square, tensor([1, 2, 1, 1], [1, 10]), tensor([1], [0]))
    expect([out.height, out.width]).toEqual([2, 4])
    expect([...out.data]).toEqual([51, 62, 73, 84, 95, 106, 117, 128])
  })

  it('sums input channels and keeps output channels apart', () => {
    const input: Grid = { data: Float64Array.of(1, 2, 3, 4), height: 1, width: 2, channels: 2 }
    const out = conv2d(input, tensor([1, 1, 2, 3], [1, 0, 2, 10, 1, 3]), tensor([3], [100, 200, 300]))
    expect([...out.data]).toEqual([121, 202, 308, 143, 204, 318])
  })

  it('gives nothing where the kernel does not fit, and refuses a kernel for other channels', () => {
    expect(conv2d(gridOf([[1, 2]]), tensor([3, 3, 1, 1], Array(9).fill(1)), tensor([1], [0])).data.length).toBe(0)
    expect(() => conv2d(square, tensor([1, 1, 2, 1], [1, 1]), tensor([1], [0]))).toThrow(RangeError)
  })
})

describe('prelu', () => {
  it('multiplies what is below zero by the slope of its channel', () => {
    const input = { ...grid(1, 2, 2), data: Float64Array.of(-2, -2, 3, 0) }
    expect([...prelu(input, tensor([2], [0.5, -1])).data]).toEqual([-1, 2, 3, 0])
  })
})

describe('maxPool', () => {
  it('ceil lets the last window reach past the edge', () => {
    const out = maxPool(square, 2, 'ceil')
    expect([out.height, out.width, ...out.data]).toEqual([2, 2, 6, 8, 10, 12])
  })

  it('floor takes whole windows only', () => {
    expect([...maxPool(square, 3, 'floor').data]).toEqual([11])
    expect([...maxPool(square, 3, 'ceil').data]).toEqual([11, 12])
  })

  it('pads with minus infinity, not with zero', () => {
    expect([...maxPool(gridOf([[-3, -2, -1]]), 2, 'ceil').data]).toEqual([-2, -1])
  })

  it.each([
    [22, 3, 'ceil', 11],
    [9, 3, 'floor', 4],
    [46, 3, 'ceil', 23],
    [21, 3, 'floor', 10],
    [8, 2, 'ceil', 4],
  ] as const)('%i pixels, window %i, %s: %i', (side, size, rounding, pooled) => {
    expect(maxPool(grid(side, side, 1), size, rounding).width).toBe(pooled)
  })
})

describe('fully connected', () => {
  it('flattens x-major, channels innermost', () => {
    const input = { data: Float64Array.of(0, 1, 2, 3, 4, 5, 6, 7), height: 2, width: 2, channels: 2 }
    expect([...flatten(input).data]).toEqual([0, 1, 4, 5, 2, 3, 6, 7])
  })

  it('multiplies by [inputs, outputs] and adds the bias', () => {
    const input = { ...grid(1, 1, 2), data: Float64Array.of(2, 3) }
    expect([...dense(input, tensor([2, 2], [1, 10, 100, 1000]), tensor([2], [0.5, -0.5])).data]).toEqual([
      302.5, 3019.5,
    ])
  })
})

describe('softmax', () => {
  it('is float32, saturates at exactly 1, and mirrors', () => {
    expect(softmax(0)).toBe(0.5)
    expect(softmax(20)).toBe(1)
    expect(softmax(-200)).toBe(0)
    expect(softmax(Math.log(3))).toBe(0.75)
    expect(softmax(-Math.log(3))).toBe(0.25)
    expect(softmax(1.7)).toBe(Math.fround(softmax(1.7)))
  })

  it('reads pixels as (p - 127.5) / 128', () => {
    const pixels: Grid = { data: Uint8Array.of(0, 127, 255), height: 1, width: 3, channels: 1 }
    expect([...normalise(pixels).data]).toEqual([-0.99609375, -0.00390625, 0.99609375])
  })
})
