import { createReadStream, openAsBlob } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decode, type ImageInput, readBytes, readImage } from '../../../src/image/node/read.ts'
import { DEFAULT_OPTIONS } from '../../../src/options/options.ts'
import { MtcnnError } from '../../../src/shared/errors.ts'
import { photographFile } from '../../helpers/photographs.ts'
import { png } from '../../helpers/png.ts'
import { rejection } from '../../helpers/refusal.ts'
import { resizable } from '../../helpers/resizable.ts'
import { turns } from '../../helpers/turns.ts'

const file = photographFile('tracking', 'examples/assets/faces.jpg')
const bytes = await readFile(file)
const wanted = await decode(file)

let folder = ''
let server: Server
let origin = ''
/** Requests whose client has gone. */
let left = 0

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mtcnn-read-'))
  server = createServer((request, response) => {
    response.on('close', () => {
      if (!response.writableFinished) left++
    })
    if (request.url === '/faces.jpg') response.end(bytes)
    else if (request.url === '/slow') response.write(bytes.subarray(0, 100))
    else if (request.url === '/silent') return
    else if (request.url === '/endless') endless(response)
    else if (request.url === '/page') response.end('<!doctype html><title>Sign in</title>')
    else response.writeHead(404).end('no such file')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await rm(folder, { recursive: true })
})

function endless(response: NodeJS.WritableStream): void {
  const part = Buffer.alloc(1 << 16)
  const more = () => {
    while (response.write(part));
  }
  response.on('drain', more)
  more()
}

const read = async (image: unknown, options: Partial<typeof DEFAULT_OPTIONS> = {}) =>
  readImage(image, { ...DEFAULT_OPTIONS, ...options })

const refusal = (image: unknown, options?: Partial<typeof DEFAULT_OPTIONS>) => rejection(read(image, options))

function copyIn(memory: ArrayBufferLike): Uint8Array {
  const copy = new Uint8Array(memory, 7, bytes.length)
  copy.set(bytes)
  return copy
}

/** Another package's class: the same name, nothing inherited. */
class ForeignBlob {
  get [Symbol.toStringTag]() {
    return 'Blob'
  }
  readonly size = bytes.length
  readonly type = 'image/jpeg'
  arrayBuffer = async () => Uint8Array.from(bytes).buffer
}

const base64 = bytes.toString('base64')
const percentEncoded = Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
const form = () => {
  const data = new FormData()
  data.set('photo', new File([bytes], 'faces.jpg', { type: 'image/jpeg' }))
  return data.get('photo') as File
}

describe('readImage', () => {
  it.each<[string, () => ImageInput | Promise<ImageInput>]>([
    ['a path', () => file],
    ['a file: URL', () => pathToFileURL(file)],
    ['a file: URL as text', () => pathToFileURL(file).href],
    ['an http: URL', () => new URL(`${origin}/faces.jpg`)],
    ['an http: URL as text', () => `${origin}/faces.jpg`],
    ['a data: URL with base64', () => `data:image/jpeg;base64,${base64}`],
    ['a data: URL as URL', () => new URL(`data:image/jpeg;base64,${base64}`)],
    ['a data: URL with percent signs', () => `data:image/jpeg,${percentEncoded}`],
    ['a blob: URL', () => URL.createObjectURL(new Blob([bytes]))],
    ['a Buffer', () => bytes],
    ['part of an ArrayBuffer', () => copyIn(new ArrayBuffer(bytes.length + 20))],
    ['part of a SharedArrayBuffer', () => copyIn(new SharedArrayBuffer(bytes.length + 20))],
    ['part of a resizable buffer', () => copyIn(resizable(bytes.length + 20, bytes.length + 100))],
    ['an ArrayBuffer', () => Uint8Array.from(bytes).buffer],
    ['a SharedArrayBuffer', () => sharedBuffer()],
    ['bytes of another realm', () => runInNewContext('Uint8Array.from(bytes)', { bytes }) as Uint8Array],
    ['a Blob', () => new Blob([bytes])],
    ['a Blob of a file', () => openAsBlob(file)],
    ['a File out of a FormData', () => form()],
    ['a Blob of another package', () => new ForeignBlob()],
    ['the response of fetch', () => fetch(`${origin}/faces.jpg`)],
    ['a Response', () => new Response(bytes)],
    [
      'a response with a stream of Node',
      () => ({ [Symbol.toStringTag]: 'Response', ok: true, status: 200, body: Readable.from([bytes]) }),
    ],
    ['a ReadableStream', () => new Blob([bytes]).stream()],
    ['an fs.ReadStream', () => createReadStream(file)],
    ['a PassThrough', () => new PassThrough().end(bytes)],
    ['a generator of bytes', () => inParts()],
  ])('takes %s', async (_name, make) => {
    const pixels = await read(await make())
    expect(pixels).toMatchObject({ width: wanted.width, height: wanted.height, channels: 3, order: 'rgb' })
    expect(Buffer.compare(pixels.data, wanted.data)).toBe(0)
  })

  it('takes raw pixels as they are, without a promise', () => {
    const data = new Uint8Array(12)
    const pixels = readImage({ data, width: 2, height: 2 })
    expect(pixels).toMatchObject({ width: 2, height: 2, channels: 3 })
    expect((pixels as { data: Uint8Array }).data.buffer).toBe(data.buffer)
  })

  it('reads a file anew that has changed', async () => {
    const path = join(folder, 'changing.png')
    for (const value of [1, 2]) {
      await writeFile(path, png({ width: 1, height: 1 }, [Uint8Array.of(value)]))
      expect([...(await decode(path)).data]).toEqual([value, value, value])
    }
  })

  it('leaves the bytes given as they are, and does not mind what becomes of them', async () => {
    const text = Buffer.concat([Buffer.from('\0\0\0\x05tEXt'), Buffer.from('a\0bcd'), Buffer.alloc(4)])
    const whole = png({ width: 1, height: 1 }, [Uint8Array.of(7)], [text])
    const given = Uint8Array.from(whole)
    const answer = decode(given)
    await answer
    expect(Buffer.compare(given, whole)).toBe(0)
    const second = decode(given)
    structuredClone(given, { transfer: [given.buffer] })
    expect([...(await second).data]).toEqual([7, 7, 7])
  })
})

function sharedBuffer(): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(bytes.length)
  new Uint8Array(memory).set(bytes)
  return memory
}

/** Each time out of the same memory, as some readers do it. */
async function* inParts() {
  const memory = Buffer.alloc(1000)
  for (let at = 0; at < bytes.length; at += memory.length) {
    const length = bytes.copy(memory, 0, at)
    yield memory.subarray(0, length)
  }
}

describe('what cannot be read', () => {
  const endlessStream = () => new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(1 << 16)) })

  it.each<[string, () => unknown]>([
    ['an ftp: URL', () => 'ftp://example.com/a.jpg'],
    ['an s3: URL', () => new URL('s3://bucket/a.jpg')],
    ['a file: URL of another host', () => 'file://elsewhere/a.jpg'],
    ['bare base64', () => base64],
    ['a number', () => 42],
    ['null', () => null],
    ['an object', () => ({})],
    ['a sharp instance, which is a stream as well', () => sharp(bytes)],
    ['an object that calls itself URL', () => ({ [Symbol.toStringTag]: 'URL' })],
    ['an object that calls itself Uint8Array', () => ({ [Symbol.toStringTag]: 'Uint8Array', length: 3 })],
    ['an object that calls itself ArrayBuffer', () => ({ [Symbol.toStringTag]: 'ArrayBuffer', byteLength: 3 })],
    ['an object that calls itself Blob', () => ({ [Symbol.toStringTag]: 'Blob', size: 3 })],
    ['an object that calls itself Response', () => ({ [Symbol.toStringTag]: 'Response' })],
  ])('%s: UNSUPPORTED_IMAGE', async (_name, make) => {
    expect((await refusal(make())).code).toBe('UNSUPPORTED_IMAGE')
    expect((await rejection(decode(make() as string))).code).toBe('UNSUPPORTED_IMAGE')
  })

  it.each<[string, () => unknown, RegExp]>([
    [
      'an address without an answer',
      () => 'http://127.0.0.1:1/a.jpg',
      /could not read 'http:.*(ECONNREFUSED|bad port)/,
    ],
    ['an answer that tells a failure', () => `${origin}/missing`, /could not fetch .*missing': status 404/],
    ['a response that tells a failure', () => fetch(`${origin}/missing`), /missing': status 404/],
    ['a page', () => `${origin}/page`, /it is an HTML page, perhaps an error page/],
    ['a data: URL without a comma', () => 'data:image/png', /no comma/],
    ['a blob: URL that is gone', () => 'blob:nodedata:1', /could not read 'blob:nodedata:1'/],
    [
      'a stream that fails',
      () =>
        new Readable({
          read() {
            this.destroy(new Error('cable cut'))
          },
        }),
      /cable cut/,
    ],
    ['a stream that is over', () => over(), /.*/],
    [
      'a Blob that fails',
      () => ({ [Symbol.toStringTag]: 'Blob', size: 3, arrayBuffer: () => Promise.reject(new Error('gone away')) }),
      /could not read the Blob: gone away/,
    ],
    ['no bytes', () => new Uint8Array(0), /the 0 bytes given: it is empty/],
  ])('%s: DECODE_FAILED', async (_name, make, message) => {
    const error = await refusal(await make())
    expect(error.code).toBe('DECODE_FAILED')
    expect(error.message).toMatch(message)
    expect(error.message.length).toBeLessThan(400)
  })

  it.each<[string, () => unknown, RegExp]>([
    ['a response that was read', () => readResponse(), /read before: pass response\.clone\(\)/],
    ['a locked stream', () => lockedStream(), /locked/],
    ['a stream of text', () => Readable.from(['text']), /chunks of bytes .* got "text"/],
    ['a stream of objects', () => Readable.from([{}]), /chunks of bytes/],
    [
      'a Blob that gives text',
      () => ({ [Symbol.toStringTag]: 'Blob', size: 3, arrayBuffer: async () => 'abc' }),
      /must give an ArrayBuffer/,
    ],
    ['bytes whose memory is gone', () => gone(new Uint8Array(3)), /memory was handed over/],
    ['a buffer whose memory is gone', () => gone(new ArrayBuffer(3)), /memory was handed over/],
    [
      'an object that throws at a touch',
      () => ({
        get data() {
          throw new Error('hands off')
        },
      }),
      /could not be read/,
    ],
  ])('%s: INVALID_IMAGE', async (_name, make, message) => {
    const error = await refusal(await make())
    expect(error.code).toBe('INVALID_IMAGE')
    expect(error.message).toMatch(message)
  })

  it('tells bare base64 what is missing, whatever its length', async () => {
    const error = await refusal(base64)
    expect(error.message).toMatch(/looks like base64: put 'data:image\/jpeg;base64,' before it/)
    expect(error.message.length).toBeLessThan(200)
    expect((await refusal('A'.repeat(2_000_000))).message.length).toBeLessThan(300)
  })

  it.each<[string, () => unknown]>([
    ['a path', () => file],
    ['bytes', () => bytes],
    ['a Blob', () => new Blob([bytes])],
    ['a Blob that says less', () => Object.assign(new ForeignBlob(), { size: 1 })],
    ['a data: URL', () => `data:;base64,${base64}`],
    ['an address', () => `${origin}/faces.jpg`],
    ['an answer without an end', () => `${origin}/endless`],
    ['a Response', () => new Response(bytes)],
    ['a stream without an end', endlessStream],
    ['a stream of Node', () => createReadStream(file)],
    [
      'a stream of Node without an end',
      () =>
        new Readable({
          read() {
            this.push(Buffer.alloc(1 << 16))
          },
        }),
    ],
  ])('%s of more than maxBytes: IMAGE_TOO_LARGE', async (_name, make) => {
    const error = await refusal(make(), { maxBytes: 1000 })
    expect(error.code).toBe('IMAGE_TOO_LARGE')
    expect(error.message).toMatch(/option 'maxBytes' allows 1000$/)
  })

  it('a stream that is given up is closed', async () => {
    const stream = createReadStream('/dev/zero')
    await refusal(stream, { maxBytes: 1000 })
    await turns()
    expect(stream.destroyed).toBe(true)
    let cancelled = false
    const endless = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(1 << 16)),
      cancel() {
        cancelled = true
      },
    })
    await refusal(endless, { maxBytes: 1000 })
    expect(cancelled).toBe(true)
  })

  it('answers junk with an MtcnnError, never anything else', async () => {
    const junk = fc.anything({ withTypedArray: true, withNullPrototype: true, withDate: true })
    const tag = fc.constantFrom(
      'URL',
      'Blob',
      'File',
      'Response',
      'Uint8Array',
      'ArrayBuffer',
      'ReadableStream',
      'Promise',
    )
    const name = fc.constantFrom(
      'href',
      'size',
      'arrayBuffer',
      'ok',
      'body',
      'getReader',
      'data',
      'width',
      'then',
      'name',
    )
    const call = fc.func(junk)
    const liar = fc.tuple(tag, fc.dictionary(name, fc.oneof(junk, call))).map(([tag, fields]) => ({
      ...fields,
      [Symbol.toStringTag]: tag,
    }))
    await fc.assert(
      fc.asyncProperty(fc.oneof(junk, fc.string(), fc.uint8Array(), liar), async (input) => {
        const error = await read(input).catch((thrown: unknown) => thrown)
        // Raw pixels come out of it seldom.
        if (!(error instanceof MtcnnError)) expect(error).toHaveProperty('channels')
      }),
      { numRuns: 1000 },
    )
  })
})

function gone<T extends Uint8Array | ArrayBuffer>(value: T): T {
  structuredClone(value, { transfer: [value instanceof ArrayBuffer ? value : (value.buffer as ArrayBuffer)] })
  return value
}

async function readResponse(): Promise<Response> {
  const response = new Response(bytes)
  await response.arrayBuffer()
  return response
}

function lockedStream(): ReadableStream {
  const stream = new Blob([bytes]).stream()
  stream.getReader()
  return stream
}

async function over(): Promise<Readable> {
  const stream = createReadStream(file)
  for await (const _ of stream);
  return stream
}

describe('the signal', () => {
  it.each<[string, () => unknown]>([
    ['an answer that never comes', () => `${origin}/silent`],
    ['an answer that stops in the middle', () => `${origin}/slow`],
    ['a response that stops in the middle', () => fetch(`${origin}/slow`)],
    ['a stream that waits', () => new ReadableStream()],
    ['a stream of Node that waits', () => new PassThrough()],
    ['a Blob that waits', () => Object.assign(new ForeignBlob(), { arrayBuffer: () => new Promise(() => undefined) })],
    ['a path', () => file],
    ['bytes', () => bytes],
  ])('ends the wait for %s', async (_name, make) => {
    const controller = new AbortController()
    const reason = new Error('enough')
    const answer = read(await make(), { signal: controller.signal })
    const settled = answer.then(
      () => undefined,
      (error: unknown) => error,
    )
    controller.abort(reason)
    expect(await settled).toBe(reason)
  })

  it('closes what was being read', async () => {
    const controller = new AbortController()
    const stream = new PassThrough()
    const answers = [stream, `${origin}/slow`].map((image) => read(image, { signal: controller.signal }))
    const before = left
    // The server has the request once it has answered a later one.
    await fetch(`${origin}/faces.jpg`).then((response) => response.arrayBuffer())
    controller.abort()
    await Promise.allSettled(answers)
    await expect.poll(() => left).toBe(before + 1)
    expect(stream.destroyed).toBe(true)
  })

  it('that was aborted before stops everything at once', async () => {
    const reason = new Error('enough')
    for (const image of [file, bytes, `${origin}/faces.jpg`, new Blob([bytes]), new PassThrough()]) {
      await expect(read(image, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    }
  })
})

describe('readBytes', () => {
  it('reads a path, a file: URL, an address and a data: URL', async () => {
    for (const source of [file, pathToFileURL(file), `${origin}/faces.jpg`, `data:;base64,${base64}`]) {
      expect(Buffer.compare(await readBytes(source), bytes)).toBe(0)
    }
  })

  it('ends with the signal', async () => {
    const reason = new Error('enough')
    const controller = new AbortController()
    const answer = expect(readBytes(`${origin}/silent`, controller.signal)).rejects.toBe(reason)
    controller.abort(reason)
    await answer
  })
})
