import { MTCNN } from 'mtcnn-wasm'
import { answer } from './answer.js'

answer(async () => {
  const detector = await MTCNN.create({ threads: 2 })
  if (detector.info.threads !== 2) throw new Error(`${detector.info.threads} threads search, not 2`)
  return detector
})
