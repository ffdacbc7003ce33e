import { MTCNN } from 'mtcnn-wasm'
import { afterAll, beforeAll, expect, test } from 'vitest'

let detector: MTCNN
beforeAll(async () => {
  detector = await MTCNN.create()
})
afterAll(() => detector.dispose())

test('the photograph shows three people', async () => {
  const faces = await detector.detectFaces('photo.jpg')
  expect(faces).toHaveLength(3)
  expect(faces[0]?.keypoints.leftEye.x).toBeLessThan(faces[0]?.keypoints.rightEye.x ?? 0)
})
