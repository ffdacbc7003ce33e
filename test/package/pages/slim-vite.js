import module from 'mtcnn-wasm/mtcnn.wasm?url'
import { MTCNN } from 'mtcnn-wasm/slim'
import weights from 'mtcnn-wasm/weights/mtcnn-f16.bin?url'
import { answer } from './answer.js'

answer(() => MTCNN.create({ module, weights }))
