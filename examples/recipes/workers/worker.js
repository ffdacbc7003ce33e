// POST /?width=640&height=480 with the pixels as RGBA: answers the faces as JSON.
import module from 'mtcnn-wasm/mtcnn.wasm'
import { MTCNN, MtcnnError } from 'mtcnn-wasm/slim'
import weights from 'mtcnn-wasm/weights/mtcnn-f16.bin'

/** Made with the first request: a Worker may not work before there is one. All requests share it. */
let detector

export default {
  async fetch(request) {
    const { searchParams } = new URL(request.url)
    const [width, height] = ['width', 'height'].map((name) => Number(searchParams.get(name)))
    const data = new Uint8Array(await request.arrayBuffer())
    detector ??= MTCNN.create({ module, weights })
    try {
      return Response.json(await (await detector).detectFaces({ data, width, height, channels: 4 }))
    } catch (error) {
      if (error instanceof MtcnnError) return Response.json({ error: error.message, code: error.code }, { status: 400 })
      throw error
    }
  },
}
