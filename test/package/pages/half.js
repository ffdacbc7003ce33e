import { MTCNN } from 'mtcnn-wasm'
import { answer } from './answer.js'

answer(() => MTCNN.create({ weights: 'f16' }))
