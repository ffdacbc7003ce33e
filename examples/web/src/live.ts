import { batch, signal } from '@preact/signals'
import { transfer } from 'comlink'
import type { MTCNN, StreamFrame } from 'mtcnn-wasm/slim'
import { detectOptions, PRESET_NAMES, type Settings } from './settings.ts'
import { answer, type Explained, explaining, explanation, rate, searching } from './state.ts'
import { studio } from './studio/studio.ts'

/** Of live video, one frame in so many milliseconds is explained. */
const EXPLAIN_EVERY = 1000
/** Frames per second are counted over so many milliseconds. */
const RATE_WINDOW = 2000

/** The canvas that shows live video: each frame together with its faces, so that they fit however fast someone moves. */
export const liveCanvas: { current: HTMLCanvasElement | null } = { current: null }

/** Width divided by height of the frames. */
export const liveShape = signal(4 / 3)

/** Searches the frames until they end or `signal` is aborted. */
export async function searchFrames(
  detector: MTCNN,
  frames: MediaStream | HTMLVideoElement,
  now: Settings,
  signal: AbortSignal,
): Promise<void> {
  const options = { ...detectOptions(now), signal }
  const arrivals: number[] = []
  let explained = Number.NEGATIVE_INFINITY
  let id: number | undefined
  const forget = () => id !== undefined && studio.close(id)
  try {
    for await (const { faces, frame, width, height } of detector.stream(frames, options)) {
      if (signal.aborted) return
      show(frame, width, height)
      batch(() => {
        searching.value = false
        answer.value = { title: PRESET_NAMES[now.preset], faces }
        rate.value = rateAt(arrivals, performance.now())
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

function rateAt(arrivals: number[], now: number): number | undefined {
  arrivals.push(now)
  while (arrivals[0]! < now - RATE_WINDOW) arrivals.shift()
  return arrivals.length < 3 ? undefined : ((arrivals.length - 1) * 1000) / (now - arrivals[0]!)
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
