import { MTCNN } from 'mtcnn-wasm/slim'
import { answer } from './answer.js'

const module = new URL('mtcnn-wasm/mtcnn.wasm', import.meta.url)
const weights = new URL('mtcnn-wasm/weights/mtcnn-f32.bin', import.meta.url)
answer(() => MTCNN.create({ module, weights }))
