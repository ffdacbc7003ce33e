import { describe, MtcnnError } from '../shared/errors.ts'
import type { Global } from '../shared/global.ts'
import { nextTask } from '../shared/next-task.ts'

/** Where frames come from, one at a time, the newest; those between are dropped. */
export interface FrameSource<Frame> {
  /** Waits for a frame that was not given before; undefined at the end. */
  next(): Promise<Frame | undefined>
  /** Stops the source and lets go of what it holds; a call of `next` that waits gives undefined. May be called again. */
  close(): void
  /** True where the frames belong to the caller: they are not closed. */
  readonly borrowed?: boolean
}

/** What live video is read from in browsers. */
export type LiveSource = Global<'HTMLVideoElement' | 'MediaStreamTrack' | 'MediaStream' | 'ReadableStream'>

/** A frame of live video; where the browser has no VideoFrame, an ImageBitmap. */
export type LiveFrame = Global<'VideoFrame' | 'ImageBitmap'>

/** Frames of a video hold memory of the graphics card or of a decoder until they are closed. */
export function closeFrame(frame: unknown): void {
  const close = (frame as { close?: unknown } | null | undefined)?.close
  if (typeof close === 'function') close.call(frame)
}

/**
 * The newest item of something that is iterated as fast as it goes.
 *
 * @throws MtcnnError UNSUPPORTED_IMAGE for what cannot be iterated.
 */
export function newestOf<Frame>(frames: AsyncIterable<Frame>): FrameSource<Frame> {
  const iterator = iteratorOf(frames)
  let newest: { frame: Frame } | undefined
  let failure: { error: unknown } | undefined
  let isOver = false
  let isStarted = false
  let wake: () => void = () => {}

  const closeNewest = () => {
    if (newest) closeFrame(newest.frame)
    newest = undefined
  }
  const read = async () => {
    try {
      for (let item = await iterator.next(); !item.done; item = await iterator.next()) {
        if (isOver) return closeFrame(item.value)
        closeNewest()
        newest = { frame: item.value }
        wake()
        // A source that always has a frame would keep answers, and everything else, from ever coming in.
        await nextTask()
      }
    } catch (error) {
      failure = { error }
    }
    isOver = true
    wake()
  }

  return {
    async next() {
      if (!isStarted) {
        isStarted = true
        read()
      }
      while (!newest && !isOver) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      const taken = newest
      newest = undefined
      if (!taken && failure) throw failure.error
      return taken?.frame
    },
    close() {
      isOver = true
      closeNewest()
      wake()
      // Not waited for: a source that waits for a frame may never answer.
      stop(iterator)
    },
  }
}

function iteratorOf<Frame>(frames: AsyncIterable<Frame> | null | undefined): AsyncIterator<Frame> {
  let cause: unknown
  try {
    const iterator = frames?.[Symbol.asyncIterator]?.()
    if (typeof iterator?.next === 'function') return iterator
  } catch (error) {
    cause = error
  }
  const single = 'a single image goes to detectFaces(image), a list of images to detectAll(images)'
  throw new MtcnnError(
    'UNSUPPORTED_IMAGE',
    `the source must be async iterable; got ${describe(frames)}: ${single}`,
    cause === undefined ? undefined : { cause },
  )
}

async function stop(iterator: AsyncIterator<unknown>): Promise<void> {
  try {
    await iterator.return?.()
  } catch {
    // The answers are complete; nobody waits for what the source has to say about its end.
  }
}
