import { describe, MtcnnError } from '../shared/errors.ts'
import { closeFrame, type FrameSource } from './frame-source.ts'

/**
 * Every item of something that is iterated, one after the other; those of a source that is not asynchronous belong to the caller.
 *
 * @throws MtcnnError UNSUPPORTED_IMAGE for what cannot be iterated.
 */
export function everyOf<Frame>(frames: unknown): FrameSource<Frame> {
  const { iterator, borrowed } = iteratorOf<Frame>(frames)
  let isOver = false
  let stop = () => {}
  const stopped = new Promise<undefined>((resolve) => {
    stop = () => resolve(undefined)
  })
  const read = async (): Promise<Frame | undefined> => {
    const item = await iterator.next()
    if (typeof item !== 'object' || item === null) {
      const wanted = 'the iterator of images must give objects { done, value }'
      throw new MtcnnError('INVALID_IMAGE', `${wanted}; got ${describe(item)}`)
    }
    if (item.done) {
      isOver = true
      return undefined
    }
    const frame = await item.value
    if (!isOver) return frame
    if (!borrowed) closeFrame(frame)
    return undefined
  }
  return {
    borrowed,
    async next() {
      if (isOver) return undefined
      try {
        return await Promise.race([read(), stopped])
      } catch (error) {
        isOver = true
        throw error
      }
    },
    close() {
      const wasOver = isOver
      isOver = true
      stop()
      // Not waited for: a source that waits for a frame may never answer.
      if (!wasOver) end(iterator)
    },
  }
}

async function end(iterator: AsyncIterator<unknown> | Iterator<unknown>): Promise<void> {
  try {
    await iterator.return?.()
  } catch {
    // The answers are complete; nobody waits for what the source has to say about its end.
  }
}

function iteratorOf<Frame>(frames: unknown): {
  iterator: AsyncIterator<Frame> | Iterator<Frame | Promise<Frame>>
  borrowed: boolean
} {
  let cause: unknown
  // Text and bytes can be iterated too, letter by letter and byte by byte.
  if (typeof frames === 'object' && frames !== null && !ArrayBuffer.isView(frames)) {
    try {
      const given = frames as Partial<AsyncIterable<Frame> & Iterable<Frame>>
      const iterator = given[Symbol.asyncIterator]?.() ?? given[Symbol.iterator]?.()
      if (typeof iterator?.next === 'function') return { iterator, borrowed: given[Symbol.asyncIterator] === undefined }
    } catch (error) {
      cause = error
    }
  }
  const wanted = 'the source must be live video or something to iterate with for or for await'
  throw new MtcnnError(
    'UNSUPPORTED_IMAGE',
    `${wanted}; got ${describe(frames)}: a single image goes to detectFaces(image)`,
    cause === undefined ? undefined : { cause },
  )
}
