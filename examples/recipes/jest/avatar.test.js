// Where faces are not what is tested, a stand-in answers at once and needs neither weights nor pictures.
jest.mock('mtcnn-wasm', () => {
  const face = { box: { x: 10, y: 20, width: 80, height: 100 }, confidence: 0.99 }
  const detector = { detectFaces: jest.fn(async () => [face]), dispose: jest.fn() }
  return { ...jest.requireActual('mtcnn-wasm'), MTCNN: { create: jest.fn(async () => detector) } }
})

const { MTCNN, MtcnnError } = require('mtcnn-wasm')

test('the stand-in answers, the rest of the package is real', async () => {
  const detector = await MTCNN.create()
  const [face] = await detector.detectFaces('anything')
  expect(face.box.width).toBe(80)
  expect(new MtcnnError('DISPOSED', 'gone').code).toBe('DISPOSED')
})
