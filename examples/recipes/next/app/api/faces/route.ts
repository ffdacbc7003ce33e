import { MTCNN, MtcnnError } from 'mtcnn-wasm'

/** One detector for all requests; `MTCNNPool` for several searches at a time. It needs `npm install sharp`. */
let shared: Promise<MTCNN> | undefined

/** Answers a picture file, sent as the body, with its faces. */
export async function POST(request: Request): Promise<Response> {
  shared ??= MTCNN.create({ maxBytes: 10_000_000 })
  const detector = await shared
  try {
    const faces = await detector.detectFaces(request.body ?? new Uint8Array(), { signal: request.signal })
    return Response.json({ faces, width: faces.imageWidth, height: faces.imageHeight })
  } catch (error) {
    if (!(error instanceof MtcnnError)) throw error
    return Response.json({ code: error.code, message: error.message }, { status: 400 })
  }
}
