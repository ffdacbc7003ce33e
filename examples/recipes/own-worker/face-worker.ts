// With Vite. `mtcnn-wasm/slim` has no import(), so it can be bundled into one script, which is how Vite makes workers; kernels and
// weights stay files. With webpack: `new URL('mtcnn-wasm/mtcnn.wasm', import.meta.url)` and the same for the weights.

import kernels from 'mtcnn-wasm/mtcnn.wasm?url'
import { type Face, MTCNN } from 'mtcnn-wasm/slim'
import weights from 'mtcnn-wasm/weights/mtcnn-f32.bin?url'

/** What the worker answers: the faces of the picture with this number, or why there are none. */
export type Answer = { id: number; faces: Face[] } | { id: number; error: string }

// Already in a worker: another one inside it would gain nothing.
const detector = MTCNN.create({ module: kernels, weights, worker: false })

addEventListener('message', async ({ data: { id, picture } }: MessageEvent<{ id: number; picture: Blob }>) => {
  let answer: Answer
  try {
    answer = { id, faces: await (await detector).detectFaces(picture) }
  } catch (error) {
    answer = { id, error: error instanceof Error ? error.message : String(error) }
  }
  postMessage(answer)
})
