import { afterAll, beforeAll, expect, it } from 'vitest'
import { anonymiseFaces, MTCNN } from '../../src/index.ts'
import { anonymiseFaces as slimAnonymiseFaces } from '../../src/slim.ts'
import { blobOf, canvasWith, HEIGHT, photographBytes, WIDTH } from './pixels.ts'

let inWorker: MTCNN
let onPage: MTCNN
beforeAll(async () => {
  inWorker = await MTCNN.create({ worker: true })
  onPage = await MTCNN.create({ worker: false })
})
afterAll(() => {
  inWorker.dispose()
  onPage.dispose()
})

it('cuts faces out of a picture, in a worker and on the page alike, ready for a canvas', async () => {
  const pixels = { data: await photographBytes(), width: WIDTH, height: HEIGHT }
  const { faces, crops } = await inWorker.extractFaces(await blobOf('faces.png'))
  expect(await onPage.extractFaces(pixels)).toEqual({ faces, crops })
  expect(await inWorker.cropFaces(await canvasWith('faces.png'), faces)).toEqual(crops)
  const { data, width, height } = crops[0]!
  const canvas = new OffscreenCanvas(width, height)
  canvas.getContext('2d')!.putImageData(new ImageData(data, width, height), 0, 0)
  expect(await onPage.detectFaces(canvas)).toHaveLength(1)
})

it('hides faces, ready for a canvas', async () => {
  const canvas = await canvasWith('faces.png')
  const faces = await inWorker.detectFaces(canvas)
  const hidden = await anonymiseFaces(canvas, faces)
  expect(await slimAnonymiseFaces(canvas, faces)).toEqual(hidden)
  const { data, width, height } = hidden
  canvas.getContext('2d')!.putImageData(new ImageData(data, width, height), 0, 0)
  expect(await inWorker.detectFaces(canvas)).toEqual([])
})
