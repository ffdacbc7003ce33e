// Faces in raw pixels, which every runtime can read: prints them. As a module, for Node, Deno and Bun.
import { readFile } from 'node:fs/promises'
import { MTCNN } from 'mtcnn-wasm'

const image = { data: new Uint8Array(await readFile('faces.rgb')), ...JSON.parse(await readFile('size.json', 'utf8')) }
const detector = await MTCNN.create(JSON.parse(process.argv[2] ?? '{}'))
console.log(JSON.stringify({ faces: await detector.detectFaces(image), worker: detector.info.worker }))
detector.dispose()
