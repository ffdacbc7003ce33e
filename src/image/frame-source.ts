import { describe, MtcnnError } from '../shared/errors.ts'
import { nextTask } from '../shared/next-task.ts'

/** Where frames come from, one at a time, the newest; those between are dropped. */
export interface FrameSource<Frame> {
  /** Waits for a frame that was not given before; undefined at the end. */
  next(): Promise<Frame | undefined>
  /** Stops the source and lets go of what it holds; one who waits for a frame is told the end. May be called again. */
  close(): void
}

/** Frames of a video hold memory of the graphics card or of a decoder until they are closed. */
export function closeFrame(frame: unknown): void {
  const { close } = frame as { close?: unknown }
  if (typeof close === 'function') close.call(frame)
}

/** The newest item of something that is iterated as fast as it goes. */
export function newestOf<Frame>(frames: AsyncIterable<Frame>): FrameSource<Frame> {
  const iterator = (frames as Partial<AsyncIterable<Frame>> | null | undefined)?.[Symbol.asyncIterator]?.()
  if (!iterator) {
    throw new MtcnnError('UNSUPPORTED_IMAGE', `the source must be async iterable; got ${describe(frames)}`)
  }
  let held: Frame | undefined
  let failure: { error: unknown } | undefined
  let over = false
  let wake: () => void = () => {}

  const read = async () => {
    try {
      for (let item = await iterator.next(); !item.done; item = await iterator.next()) {
        if (over) return closeFrame(item.value)
        if (held !== undefined) closeFrame(held)
        held = item.value
        wake()
        // A source that always has a frame would keep answers, and everything else, from ever coming in.
        await nextTask()
      }
    } catch (error) {
      failure = { error }
    }
    over = true
    wake()
  }
  let started = false

  return {
    async next() {
      if (!started) {
        started = true
        read()
      }
      while (held === undefined && !over) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      const frame = held
      held = undefined
      if (frame === undefined && failure) throw failure.error
      return frame
    },
    close() {
      over = true
      if (held !== undefined) closeFrame(held)
      held = undefined
      wake()
      // One that waits for a frame which never comes is left to wait.
      iterator.return?.()?.catch?.(() => undefined)
    },
  }
}
