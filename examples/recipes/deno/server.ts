import { MTCNN, MtcnnError } from 'mtcnn-wasm'

// In a worker, so that the server answers other requests meanwhile.
const detector = await MTCNN.create({ worker: true })

const port = Number(Deno.env.get('PORT') ?? 8000)
const onListen = (address: { port: number }) => console.log(`listening on http://localhost:${address.port}`)

Deno.serve({ port, onListen }, async (request) => {
  if (request.method !== 'POST') return new Response('POST a picture', { status: 405 })
  try {
    const picture = new Uint8Array(await request.arrayBuffer())
    return Response.json(
      await detector.detectFaces(picture, { maxPixels: 50_000_000, signal: AbortSignal.timeout(10_000) }),
    )
  } catch (error) {
    const message = error instanceof MtcnnError ? error.message : 'too slow'
    return Response.json({ error: message }, { status: 422 })
  }
})
