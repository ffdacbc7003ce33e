import type { Face } from 'mtcnn-wasm'
import type { Answer } from './face-worker.ts'

// MTCNN.create() starts a worker by itself. This is for those who have one of their own, with more work to do in it.
const worker = new Worker(new URL('./face-worker.ts', import.meta.url), { type: 'module' })
let asked = 0

/** Finds the faces in a picture file, in the worker. */
export function facesIn(picture: Blob): Promise<Face[]> {
  const id = asked++
  return new Promise((resolve, reject) => {
    const listen = ({ data }: MessageEvent<Answer>) => {
      if (data.id !== id) return
      worker.removeEventListener('message', listen)
      if ('faces' in data) resolve(data.faces)
      else reject(new Error(data.error))
    }
    worker.addEventListener('message', listen)
    worker.postMessage({ id, picture })
  })
}
