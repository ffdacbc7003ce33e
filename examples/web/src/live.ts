import { batch, signal } from '@preact/signals'
import { transfer } from 'comlink'
import type { Faces, MTCNN, StreamFrame, TrackedFace } from 'mtcnn-wasm/slim'
import { detectOptions, PRESET_NAMES, type Settings } from './settings.ts'
import { answer, type Explained, explaining, explanation, type Rate, rate, searching } from './state.ts'
import { studio } from './studio/studio.ts'

/** Of live video, one frame in so many milliseconds is explained. */
const EXPLAIN_EVERY = 1000
/** The rate is that of so many milliseconds. */
const RATE_WINDOW = 2000

/** The canvas that shows live video: each frame together with its faces, so that they fit however fast someone moves. */
export const liveCanvas: { current: HTMLCanvasElement | null } = { current: null }

/** Width divided by height of the frames. */
export const liveShape = signal(4 / 3)

/** Follows the faces until the frames end or `signal` is aborted. */
export async function searchFrames(
  detector: MTCNN,
  frames: MediaStream | HTMLVideoElement,
  now: Settings,
  signal: AbortSignal,
): Promise<void> {
  const options = { ...detectOptions(now), signal }
  const recent: Arrival[] = []
  let explained = Number.NEGATIVE_INFINITY
  let id: number | undefined
  const forget = () => id !== undefined && studio.close(id)
  try {
    for await (const { faces, frame, width, height, milliseconds } of detector.track(frames, options)) {
      if (signal.aborted) return
      show(frame, width, height)
      batch(() => {
        searching.value = false
        answer.value = { title: PRESET_NAMES[now.preset], faces: inOrderOfIds(faces) }
        rate.value = rateOf(recent, { at: performance.now(), milliseconds })
      })
      if (performance.now() - explained < EXPLAIN_EVERY) continue
      const explainedFrame = await explain(detector, frame, options)
      forget()
      id = explainedFrame.id
      if (signal.aborted) return
      explanation.value = explainedFrame
      explained = performance.now()
    }
  } finally {
    forget()
  }
}

function show(frame: StreamFrame, width: number, height: number): void {
  const canvas = liveCanvas.current
  if (!canvas) return
  if (canvas.width !== width || canvas.height !== height) {
    Object.assign(canvas, { width, height })
    liveShape.value = width / height
  }
  canvas.getContext('2d')!.drawImage(frame, 0, 0, width, height)
}

/** Everybody keeps the place in the row, too: for the keyboard, and for a screen reader. */
function inOrderOfIds(faces: Faces<TrackedFace>): Faces<TrackedFace> {
  // In place, so that they know the size of their image.
  return faces.sort((a, b) => a.id - b.id)
}

/** When an answer came, and how long it took. */
interface Arrival {
  at: number
  milliseconds: number
}

function rateOf(recent: Arrival[], arrival: Arrival): Rate | undefined {
  recent.push(arrival)
  while (recent[0]!.at < arrival.at - RATE_WINDOW) recent.shift()
  if (recent.length < 3) return undefined
  return {
    perSecond: ((recent.length - 1) * 1000) / (arrival.at - recent[0]!.at),
    milliseconds: recent.reduce((sum, { milliseconds }) => sum + milliseconds, 0) / recent.length,
  }
}

async function explain(detector: MTCNN, frame: StreamFrame, options: { signal: AbortSignal }): Promise<Explained> {
  const picture = await createImageBitmap(frame)
  const found = await detector.explain(frame, { ...options, scores: explaining.peek() })
  const id = await studio.keep(transfer(picture, [picture]))
  return { ...found, id, worker: detector.info.worker }
}

/** The frame that is shown, as a picture. */
export function lastFrame(): Promise<Blob> {
  return new Promise((resolve, reject) => {
    liveCanvas.current!.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('the frame is empty'))))
  })
}
