// Run by ts-jest, which compiles it to CommonJS and checks its types, and by Vitest, as modules.
import { readFileSync } from 'node:fs'
import { type Face, MTCNN } from 'mtcnn-wasm'

test('finds the faces', async () => {
  const { width, height } = JSON.parse(readFileSync('size.json', 'utf8'))
  const detector = await MTCNN.create()
  const faces: readonly Face[] = await detector.detectFaces({ data: readFileSync('faces.rgb'), width, height })
  expect(JSON.parse(JSON.stringify(faces))).toEqual(JSON.parse(readFileSync('wanted.json', 'utf8')))
  detector.dispose()
})
