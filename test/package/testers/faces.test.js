// Run by Jest as it comes: CommonJS, no transform that matters, no flags.
const { readFileSync } = require('node:fs')
const { MTCNN, MtcnnError } = require('mtcnn-wasm')

const read = (name) => readFileSync(name)
const image = { data: read('faces.rgb'), ...JSON.parse(read('size.json')) }
const wanted = JSON.parse(read('wanted.json'))
const plain = (faces) => JSON.parse(JSON.stringify(faces))

test.each([{}, { worker: true }])('finds the faces, %p', async (options) => {
  const detector = await MTCNN.create(options)
  expect(plain(await detector.detectFaces(image))).toEqual(wanted)
  expect(await detector.detectFaces({ data: new Uint8Array(300), width: 10, height: 10 })).toEqual([])
  await expect(detector.detectFaces({ width: 3 })).rejects.toBeInstanceOf(MtcnnError)
  detector.dispose()
})

test('stops at a signal', async () => {
  const detector = await MTCNN.create()
  const controller = new AbortController()
  const answer = detector.detectFaces(image, { signal: controller.signal })
  controller.abort()
  await expect(answer).rejects.toThrow(/abort/i)
  detector.dispose()
})

test('slim takes the files of the package', async () => {
  const { MTCNN: Slim } = require('mtcnn-wasm/slim')
  const [module, weights] = ['mtcnn-wasm/mtcnn.wasm', 'mtcnn-wasm/weights/mtcnn-f32.bin'].map((name) => {
    return read(require.resolve(name))
  })
  const detector = await Slim.create({ module, weights })
  expect(plain(await detector.detectFaces(image))).toEqual(wanted)
  detector.dispose()
})
