import { describe, expect, it } from 'vitest'
import { type Corners, cellBox, regress, square, truncate } from './boxes.ts'
import type { Grid } from './conv.ts'
import { nms, overlap } from './nms.ts'
import { crop, patchOf } from './patch.ts'
import { levels, scaleOf } from './pyramid.ts'

describe('boxes', () => {
  it('a cell is the window it looks at, truncated', () => {
    expect(cellBox(0, 1, 0.6)).toEqual([1, 5, 20, 23])
  })

  it('regresses by the side, with or without the end pixel', () => {
    expect(regress([10, 20, 20, 40], [0.1, 0.1, -0.1, 0.5], 0)).toEqual([11, 22, 19, 50])
    expect(regress([10, 20, 19, 39], [0.1, 0.1, -0.1, 0.5], 1)).toEqual([11, 22, 18, 49])
  })

  it('squares around the centre and truncates toward zero', () => {
    expect(square([10, 20, 20, 40])).toEqual([5, 20, 25, 40])
    expect(truncate([-1.9, -0.5, 1.9, 2])).toEqual([-1, 0, 1, 2])
  })
})

describe('nms', () => {
  const at = (x: number, score: number, side = 10): { box: Corners; score: number } => {
    return { box: [x, 0, x + side - 1, side - 1], score }
  }

  it('counts both end pixels', () => {
    expect(overlap([0, 0, 9, 9], [5, 0, 14, 9], 'union')).toBe(50 / 150)
    expect(overlap([0, 0, 9, 9], [0, 0, 4, 4], 'min')).toBe(1)
    expect(overlap([0, 0, 9, 9], [10, 0, 19, 9], 'union')).toBe(0)
    expect(overlap([0, 0, 9, 9], [30, 30, 39, 39], 'union')).toBe(0)
  })

  it('drops what overlaps more than the threshold, not what overlaps as much', () => {
    const boxes = [at(0, 0.9), at(5, 0.8)]
    expect(nms(boxes, 50 / 150, 'union')).toEqual([0, 1])
    expect(nms(boxes, 0.33, 'union')).toEqual([0])
  })

  it('a dropped box suppresses nothing', () => {
    expect(nms([at(0, 0.7), at(4, 0.8), at(8, 0.9)], 0.4, 'union')).toEqual([2, 0])
  })

  it('among equal scores the later goes first', () => {
    expect(nms([at(0, 1), at(1, 1), at(50, 1), at(90, 0.5)], 0.5, 'union')).toEqual([2, 1, 3])
  })

  it('min takes a small box inside a large one away, union does not', () => {
    const boxes = [at(0, 0.9, 40), at(5, 0.8, 10)]
    expect(nms(boxes, 0.7, 'min')).toEqual([0])
    expect(nms(boxes, 0.7, 'union')).toEqual([0, 1])
  })

  it('takes nothing from nothing', () => {
    expect(nms([], 0.5, 'union')).toEqual([])
  })
})

describe('patches', () => {
  const image: Grid = { data: Uint8Array.of(1, 2, 3, 4, 5, 6), height: 2, width: 3, channels: 1 }

  it('are 1-based and include the last pixel', () => {
    expect([...crop(image, [2, 1, 3, 2])!.data]).toEqual([2, 3, 5, 6])
  })

  it('are black outside the image', () => {
    expect([...crop(image, [0, 2, 1, 3])!.data]).toEqual([0, 4, 0, 0])
    expect([...crop(image, [50, 50, 51, 50])!.data]).toEqual([0, 0])
    expect(crop(image, [2, 2, 1, 3])).toBeNull()
  })

  it('are resized without rounding', () => {
    const patch = patchOf(image, [1, 1, 2, 1], 24)!
    expect([patch.height, patch.width, patch.data[0], patch.data[23]]).toEqual([24, 24, 1, 2])
    // two pixels on 24: nothing is mixed, each is simply repeated
    expect(new Set(patch.data)).toEqual(new Set([1, 2]))
  })
})

describe('pyramid', () => {
  it('goes down while the shorter side has 12 pixels', () => {
    expect(levels(100, 40, 20, 0.5)).toEqual([
      { scale: 0.6, width: 60, height: 24 },
      { scale: 0.3, width: 30, height: 12 },
    ])
    expect(levels(19, 200, 20, 0.709)).toEqual([])
  })

  it('rounds the exact product once', () => {
    expect(scaleOf(0.6, 0.709, 0)).toBe(0.6)
    expect(scaleOf(0.6, 0.709, 1)).toBe(0.6 * 0.709)
    expect(scaleOf(1, 0.5, 30)).toBe(2 ** -30)
    // two roundings give 0.38400000000000006, and move some boxes by a pixel
    expect(scaleOf(0.6, 0.8, 2)).toBe(0.384)
    expect(0.6 * (0.8 * 0.8)).not.toBe(0.384)
  })
})
