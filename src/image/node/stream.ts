import { readStream } from '../body.ts'
import type { ReadOptions } from '../pixels.ts'

/** A stream of the web. By shape: Node's and those of other packages are as good. */
export interface WebStreamLike {
  /** Takes the stream for reading. */
  getReader(): {
    /** The next portion of bytes, or `done`. */
    read(): Promise<{ done: boolean; value?: unknown }>
  }
}

/** A Readable of Node. Its type does not say whether it gives bytes or text; text is refused. */
export interface NodeStreamLike extends AsyncIterable<unknown> {
  readonly readable: boolean
  pipe: unknown
}

/** The bytes of a file in portions: a ReadableStream, or a Readable of Node such as `fs.createReadStream(path)`. */
export type ByteStream = WebStreamLike | NodeStreamLike | AsyncIterable<Uint8Array>

/** By shape. A sharp image is a stream as well, of a file made anew: it is no input. */
export function isByteStream(value: object): value is ByteStream {
  const { getReader, [Symbol.asyncIterator]: iterate, toBuffer } = value as Record<PropertyKey, unknown>
  return typeof getReader === 'function' || (typeof iterate === 'function' && typeof toBuffer !== 'function')
}

/**
 * Reads a stream to its end, as one array that nobody else uses. A stream that is not read to its end is closed.
 *
 * @throws MtcnnError Like `readStream`.
 */
export async function readParts(
  stream: ByteStream,
  name: string,
  options: Pick<ReadOptions, 'signal' | 'maxBytes'>,
): Promise<Uint8Array> {
  return joined(await readStream(toWebStream(stream), name, options))
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((total, { length }) => total + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

export function toWebStream(stream: ByteStream): ReadableStream {
  if ('getReader' in stream) return stream as ReadableStream
  const iterator = stream[Symbol.asyncIterator]()
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await iterator.next()
        if (done) controller.close()
        else controller.enqueue(value)
      },
      cancel() {
        const { destroy } = stream as { destroy?: () => void }
        // What reads may wait for data that never come: only destroying it ends that.
        if (typeof destroy === 'function') destroy.call(stream)
        else iterator.return?.().catch(() => undefined)
      },
    },
    // Nothing is read ahead.
    { highWaterMark: 0 },
  )
}
