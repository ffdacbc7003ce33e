import { MTCNN, MtcnnError } from 'mtcnn-wasm'

/** One detector for all requests; `MTCNNPool` for several searches at a time. It needs `npm install sharp`. */
let shared: Promise<MTCNN> | undefined

/** Answers a picture file, sent as the body, with its faces. */
export default defineEventHandler(async (event) => {
  shared ??= MTCNN.create({ maxBytes: 10_000_000 })
  const detector = await shared
  try {
    const faces = await detector.detectFaces((await readRawBody(event, false)) ?? new Uint8Array())
    return { faces, width: faces.imageWidth, height: faces.imageHeight }
  } catch (error) {
    if (!(error instanceof MtcnnError)) throw error
    setResponseStatus(event, 400)
    return { code: error.code, message: error.message }
  }
})
