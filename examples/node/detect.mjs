// node detect.mjs photo.jpg: prints the faces. Needs `npm install mtcnn-wasm sharp` (sharp decodes the file).
import { MTCNN } from 'mtcnn-wasm'

const detector = await MTCNN.create()
console.log(JSON.stringify(await detector.detectFaces(process.argv[2] ?? 'photo.jpg'), null, 2))
detector.dispose()
