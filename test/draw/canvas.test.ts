import { createCanvas, loadImage } from '@napi-rs/canvas'
import { beforeAll, describe, expect, it } from 'vitest'
import { drawFaces } from '../../src/draw/canvas.ts'
import { type Faces, MTCNN } from '../../src/index.node.ts'
import { photographFile } from '../helpers/photographs.ts'
import { refusal } from '../helpers/refusal.ts'

const GROUP = photographFile('tracking', 'examples/assets/faces.jpg')
let faces: Faces

beforeAll(async () => {
  const detector = await MTCNN.create()
  faces = await detector.detectFaces(GROUP)
  detector.dispose()
})

/** A canvas with the photograph, and a way to read its pixels. */
async function photograph() {
  const canvas = createCanvas(faces.imageWidth, faces.imageHeight)
  const context = canvas.getContext('2d')
  context.drawImage(await loadImage(GROUP), 0, 0)
  return { context, at: (x: number, y: number) => [...context.getImageData(Math.round(x), Math.round(y), 1, 1).data] }
}

const isGreen = ([r, g, b]: number[]) => g! > 180 && r! < 140 && b! < 180

describe('drawFaces', () => {
  it('draws boxes, landmarks and labels', async () => {
    const { context, at } = await photograph()
    // Wide enough that no pixel looked at is the edge of a line.
    drawFaces(context, faces, { lineWidth: 5 })
    for (const { box, keypoints } of faces) {
      expect(isGreen(at(box.x, box.y + box.height / 2))).toBe(true)
      expect(isGreen(at(box.x + box.width, box.y + box.height / 2))).toBe(true)
      expect(isGreen(at(box.x + box.width / 2, box.y + box.height))).toBe(true)
      for (const { x, y } of Object.values(keypoints)) {
        const [red, , blue] = at(x, y)
        expect(red! - blue!).toBeGreaterThan(80)
      }
      // The plate above the box is dark, with white letters on it.
      const row = context.getImageData(Math.round(box.x), Math.round(box.y - 14), 40, 10).data
      const grey = Array.from({ length: 400 }, (_, n) => row[4 * n]! + row[4 * n + 1]! + row[4 * n + 2]!)
      expect(Math.min(...grey)).toBeLessThan(200)
      expect(Math.max(...grey)).toBeGreaterThan(600)
    }
  })

  it('leaves out what the style leaves out, and takes its colours', async () => {
    const plain = await photograph()
    const { context, at } = await photograph()
    drawFaces(context, faces, { colour: 'rgb(0, 0, 255)', points: false, labels: false, lineWidth: 5 })
    const { box, keypoints } = faces[0]!
    expect(at(box.x, box.y + box.height / 2).slice(0, 3)).toEqual([0, 0, 255])
    expect(at(keypoints.nose.x, keypoints.nose.y)).toEqual(plain.at(keypoints.nose.x, keypoints.nose.y))
    expect(at(box.x + 5, box.y - 9)).toEqual(plain.at(box.x + 5, box.y - 9))
  })

  it('leaves the context as it was', async () => {
    const { context } = await photograph()
    context.lineWidth = 7
    context.fillStyle = '#123456'
    drawFaces(context, faces)
    expect([context.lineWidth, context.fillStyle]).toEqual([7, '#123456'])
  })

  it('refuses what is no context and what are no faces', async () => {
    const { context } = await photograph()
    const told = (act: () => void) => {
      const error = refusal(act)
      expect(error.code).toBe('INVALID_OPTION')
      return error.message
    }
    expect(told(() => drawFaces(createCanvas(3, 3) as never, []))).toMatch(/2D context.*give canvas.getContext\('2d'\)/)
    expect(told(() => drawFaces(null as never, []))).toMatch(/2D context of a canvas; got null/)
    expect(told(() => drawFaces(context, {} as never))).toMatch(/drawFaces takes an array of faces/)
    expect(told(() => drawFaces(context, [], { width: 3 } as never))).toMatch(
      /unknown option 'width'.*'lineWidth'|unknown option 'width'/,
    )
  })
})
