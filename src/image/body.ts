import { abortable } from '../shared/abortable.ts'
import { bytesIn } from '../shared/bytes.ts'
import { describe, MtcnnError, tagOf } from '../shared/errors.ts'
import { nextTask } from '../shared/next-task.ts'
import { checkByteCount, tooManyBytes } from './limits.ts'
import type { ReadOptions } from './pixels.ts'

/** Milliseconds of reading without a pause: a source that always has more must not hold up an abort. */
const YIELD_INTERVAL_MS = 20

type BodyOptions = Pick<ReadOptions, 'signal' | 'maxBytes'>

/** Bytes of a file, in the order in which they came. */
type Part = Uint8Array<ArrayBuffer>

/**
 * Reads a response to its end.
 *
 * @param what - Its name in messages, such as `'photo.jpg'`.
 * @throws MtcnnError DECODE_FAILED for a failure the server reported or a broken transfer, INVALID_IMAGE for a body that was
 * read before or may not be read, IMAGE_TOO_LARGE; the reason of the signal.
 */
export async function readResponse(response: Response, what: string, options: BodyOptions): Promise<Part[]> {
  if (response.type === 'opaque') {
    throw new MtcnnError('INVALID_IMAGE', `${what} may not be read: fetch it without { mode: 'no-cors' }`)
  }
  if (!response.ok) throw new MtcnnError('DECODE_FAILED', `could not fetch ${what}: status ${response.status}`)
  if (response.bodyUsed || response.body?.locked) {
    throw new MtcnnError('INVALID_IMAGE', `the body of ${what} was read before: pass response.clone()`)
  }
  try {
    checkByteCount(Number(response.headers.get('content-length') ?? 0), options.maxBytes, what)
  } catch (error) {
    response.body?.cancel().catch(() => undefined)
    throw error
  }
  return response.body ? readStream(response.body, what, options) : []
}

/**
 * Reads a stream of bytes to its end.
 *
 * @throws MtcnnError DECODE_FAILED where the stream fails, INVALID_IMAGE for one that is read elsewhere or gives other things
 * than bytes, IMAGE_TOO_LARGE; the reason of the signal.
 */
export async function readStream(
  stream: ReadableStream,
  what: string,
  { signal, maxBytes }: BodyOptions,
): Promise<Part[]> {
  if (stream.locked) throw new MtcnnError('INVALID_IMAGE', `${what} is locked: it is read elsewhere already`)
  const reader = stream.getReader() as ReadableStreamDefaultReader<unknown>
  const parts: Part[] = []
  let total = 0
  let lastYield = performance.now()
  try {
    for (;;) {
      const { done, value } = await abortable(next(reader, what), signal)
      if (done) return parts
      const bytes = bytesOfChunk(value, what)
      total += bytes.length
      if (total > maxBytes) throw tooManyBytes(`${what} has more than ${maxBytes} bytes`, maxBytes)
      parts.push(bytes)
      if (performance.now() - lastYield < YIELD_INTERVAL_MS) continue
      await nextTask()
      lastYield = performance.now()
    }
  } catch (error) {
    // Not waited for: the source may never answer.
    reader.cancel(error).catch(() => undefined)
    throw error
  }
}

async function next(reader: ReadableStreamDefaultReader<unknown>, what: string) {
  try {
    return await reader.read()
  } catch (cause) {
    const why = cause instanceof Error ? `: ${cause.message}` : ''
    throw new MtcnnError('DECODE_FAILED', `reading ${what} failed${why}`, { cause })
  }
}

/** A copy: the source may use its buffer again. */
function bytesOfChunk(chunk: unknown, what: string): Part {
  const bytes = bytesIn(chunk)
  if (bytes) return new Uint8Array(bytes)
  const hint = tagOf(chunk) === 'VideoFrame' ? '; for live frames use detector.stream(source)' : ''
  throw new MtcnnError('INVALID_IMAGE', `${what} must give chunks of bytes (Uint8Array); got ${describe(chunk)}${hint}`)
}
