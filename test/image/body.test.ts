import { describe, expect, it } from 'vitest'
import { readResponse, readStream } from '../../src/image/body.ts'

const all = { signal: undefined, maxBytes: Number.POSITIVE_INFINITY }
const joined = (parts: Uint8Array[]) => Buffer.concat(parts).toString('latin1')
const streamOf = (...chunks: unknown[]) =>
  new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk)
      controller.close()
    },
  })
const bytes = (text: string) => new TextEncoder().encode(text)

/** Gives chunk after chunk, without an end. */
function endless(chunk: Uint8Array) {
  const state = { cancelled: false }
  const stream = new ReadableStream({
    pull: (controller) => controller.enqueue(chunk),
    cancel: () => {
      state.cancelled = true
    },
  })
  return { stream, state }
}

describe('readStream', () => {
  it('gives the bytes of every kind of chunk, copied', async () => {
    const memory = bytes('-world-')
    const chunks = [bytes('hello'), memory.subarray(1, 6), bytes('!').buffer]
    const parts = await readStream(streamOf(...chunks), 'the stream', all)
    memory.fill(0)
    expect(joined(parts)).toBe('helloworld!')
  })

  it('stops at the limit', async () => {
    const { stream, state } = endless(new Uint8Array(1000))
    const reading = readStream(stream, 'the stream', { ...all, maxBytes: 10_500 })
    await expect(reading).rejects.toMatchObject({
      code: 'IMAGE_TOO_LARGE',
      message: expect.stringMatching(/'maxBytes' allows 10500/),
    })
    expect(state.cancelled).toBe(true)
    expect(joined(await readStream(streamOf(bytes('12345')), 'the stream', { ...all, maxBytes: 5 }))).toBe('12345')
  })

  it.each([
    ['waits for a chunk that never comes', () => new ReadableStream()],
    ['is given empty chunks without end', () => endless(new Uint8Array(0)).stream],
  ])('an abort ends it while it %s', async (_, make) => {
    const reading = readStream(make(), 'the stream', { ...all, signal: AbortSignal.timeout(50) })
    await expect(reading).rejects.toMatchObject({ name: 'TimeoutError' })
  })

  it.each<[string, string, () => ReadableStream, RegExp]>([
    ['chunks of text', 'INVALID_IMAGE', () => streamOf('text'), /chunks of bytes \(Uint8Array\); got "text"/],
    ['chunks of objects', 'INVALID_IMAGE', () => streamOf({ data: [] }), /got an object/],
    [
      'frames',
      'INVALID_IMAGE',
      () => streamOf({ [Symbol.toStringTag]: 'VideoFrame' }),
      /use detector\.stream\(source\)/,
    ],
    [
      'a failure',
      'DECODE_FAILED',
      () => new ReadableStream({ start: (controller) => controller.error(new Error('unplugged')) }),
      /reading the stream failed: unplugged/,
    ],
    [
      'a lock',
      'INVALID_IMAGE',
      () => {
        const stream = new ReadableStream()
        stream.getReader()
        return stream
      },
      /locked/,
    ],
  ])('%s is refused', async (_, code, make, message) => {
    await expect(readStream(make(), 'the stream', all)).rejects.toMatchObject({
      name: 'MtcnnError',
      code,
      message: expect.stringMatching(message),
    })
  })
})

describe('readResponse', () => {
  it('gives the body', async () => {
    expect(joined(await readResponse(new Response('hello'), 'the response', all))).toBe('hello')
    expect(joined(await readResponse(new Response(null), 'the response', all))).toBe('')
  })

  it.each<[string, string, () => Response | Promise<Response>, RegExp]>([
    ['a status that is none of success', 'DECODE_FAILED', () => new Response('', { status: 404 }), /status 404/],
    [
      'a body that was read',
      'INVALID_IMAGE',
      async () => {
        const response = new Response('hello')
        await response.text()
        return response
      },
      /pass response\.clone\(\)/,
    ],
    [
      'a length over the limit',
      'IMAGE_TOO_LARGE',
      () => new Response(new ReadableStream(), { headers: { 'content-length': '2000' } }),
      /has 2000 bytes/,
    ],
    [
      'a body over the limit that does not tell its length',
      'IMAGE_TOO_LARGE',
      () => new Response('x'.repeat(1001)),
      /more than 1000/,
    ],
  ])('%s is refused', async (_, code, make, message) => {
    const reading = readResponse(await make(), 'the response', { ...all, maxBytes: 1000 })
    await expect(reading).rejects.toMatchObject({ name: 'MtcnnError', code, message: expect.stringMatching(message) })
  })
})
