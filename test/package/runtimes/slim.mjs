// The slim entry with the files of the package.
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { MTCNN } from 'mtcnn-wasm/slim'

const fileOf = (name) => readFile(fileURLToPath(import.meta.resolve(`mtcnn-wasm/${name}`)))
const image = { data: new Uint8Array(await readFile('faces.rgb')), ...JSON.parse(await readFile('size.json', 'utf8')) }
const module = await fileOf('mtcnn.wasm')
const detector = await MTCNN.create({ module, weights: await fileOf('weights/mtcnn-f32.bin') })
console.log(JSON.stringify({ faces: await detector.detectFaces(image), worker: detector.info.worker }))
detector.dispose()
