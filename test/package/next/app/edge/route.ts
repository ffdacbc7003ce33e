// The Edge Runtime: kernels compiled beforehand, raw pixels, no workers.

import { MTCNN } from 'mtcnn-wasm'

export const runtime = 'edge'

export async function POST(request: Request) {
  const { width, height, weights } = JSON.parse(request.headers.get('x-image')!)
  const detector = await MTCNN.create({ weights })
  const data = new Uint8Array(await request.arrayBuffer())
  return Response.json({ faces: [...(await detector.detectFaces({ data, width, height }))], info: detector.info })
}
