import { MTCNN } from 'mtcnn-wasm/slim'
import { answer } from './answer.js'

answer(() => MTCNN.create({ module: '/mtcnn.wasm', weights: '/mtcnn-f32.bin' }))
