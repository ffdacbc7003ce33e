const { MTCNN } = require('mtcnn-wasm')

let detector
beforeAll(async () => {
  detector = await MTCNN.create()
})
afterAll(() => detector.dispose())

test('the photograph shows three people', async () => {
  expect(await detector.detectFaces('photo.jpg')).toHaveLength(3)
})
