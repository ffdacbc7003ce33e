import { type Face, MTCNN } from 'mtcnn-wasm'

/** What the worker answers: the faces of the picture with this number, or why there are none. */
export type Answer = { id: number; faces: Face[] } | { id: number; error: string }

// Already in a worker: another one inside it would gain nothing.
const detector = MTCNN.create({ worker: false })

addEventListener('message', async ({ data: { id, picture } }: MessageEvent<{ id: number; picture: Blob }>) => {
  let answer: Answer
  try {
    answer = { id, faces: await (await detector).detectFaces(picture) }
  } catch (error) {
    answer = { id, error: error instanceof Error ? error.message : String(error) }
  }
  postMessage(answer)
})
