import { EventEmitter, once } from 'node:events'
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import sharp, { type Sharp } from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FoundLine, foundLine, isFailed } from '../../src/bulk/line.ts'
import type { Answer, Order, Reply, Setup, Task } from '../../src/bulk/protocol.ts'
import { serve } from '../../src/bulk/worker.ts'
import { MTCNN } from '../../src/index.node.ts'
import type { Face } from '../../src/shared/face.ts'
import { photographFile } from '../helpers/photographs.ts'
import { scratchFolder } from './folder.ts'

const folder = scratchFolder()
const album = join(folder, 'album')
const at = (name: string) => join(folder, name)
const photo = join(album, 'deep/faces.jpg')
let detector: MTCNN
let faces: Face[]

/** A worker in this thread: what it answers to an order. */
class Here extends EventEmitter {
  readonly replies: Reply[] = []
  exits = 0

  constructor() {
    super()
    serve(this)
  }

  send(reply: Reply): void {
    this.replies.push(reply)
    this.emit('reply')
  }

  exit(): void {
    this.exits++
  }

  async ask(order: Order): Promise<Reply> {
    const replied = once(this, 'reply')
    this.emit('message', order)
    await replied
    return this.replies.at(-1)!
  }
}

async function start(task: Task, options: Setup['options'] = {}) {
  const here = new Here()
  expect(await here.ask({ type: 'start', setup: { options, task } })).toEqual({ type: 'ready' })
  return async (name: string, bytes?: Uint8Array): Promise<Answer> => {
    const reply = await here.ask({ type: 'job', job: bytes ? { name, bytes } : { name } })
    if (reply.type !== 'done') throw new Error(JSON.stringify(reply))
    return reply.answer
  }
}

async function found(answer: Promise<Answer>): Promise<FoundLine> {
  const { line } = await answer
  if (isFailed(line)) throw new Error(line.error.message)
  return line
}

const out = (name: string, ending?: '.png' | '.jpg' | '.webp') => ({ folder: at(name), base: album, ending })

beforeAll(async () => {
  await mkdir(join(album, 'deep'), { recursive: true })
  await writeFile(photo, await readFile(photographFile('tracking', 'examples/assets/faces.jpg')))
  detector = await MTCNN.create()
  faces = await detector.detectFaces(photo)
})
afterAll(() => detector.dispose())

describe('detect', () => {
  it('finds what detectFaces finds', async () => {
    const run = await start({ kind: 'detect' })
    const line = foundLine(photo, { width: 600, height: 346 }, faces)
    expect(line.faces.length).toBeGreaterThan(2)
    expect(await run(photo)).toEqual({ line })
    expect(await run('-', await readFile(photo))).toEqual({ line: { ...line, file: '-' } })
    expect(Object.keys(line.faces[0]!)).toEqual(['box', 'confidence', 'keypoints'])
  })

  it('searches with several threads, if that is asked for', async () => {
    const run = await start({ kind: 'detect' }, { threads: 2 })
    expect(await run(photo)).toEqual({ line: foundLine(photo, { width: 600, height: 346 }, faces) })
  })

  it('takes the options of the library', async () => {
    const run = await start({ kind: 'detect' }, { stages: 'boxes', maxFaces: 1, maxPixels: 300_000 })
    expect((await found(run(photo))).faces).toEqual([{ box: expect.any(Object), confidence: expect.any(Number) }])
    const large = photographFile('@vladmandic/face-api', 'demo/sample1.jpg')
    expect((await run(large)).line).toMatchObject({ file: large, error: { code: 'IMAGE_TOO_LARGE' } })
  })

  it('reads images of the web', async () => {
    const bytes = await readFile(photo)
    const server = createServer((request, response) => {
      response.statusCode = request.url === '/a.jpg' ? 200 : 404
      response.end(bytes)
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const run = await start({ kind: 'detect', draw: out('web') })
    const line = await found(run(`${address}/a.jpg`))
    expect(line.faces).toEqual(foundLine('', { width: 1, height: 1 }, faces).faces)
    expect(line.drawing).toBe(`_web/http/${address.slice(7).replace(':', '_')}/a.jpg`)
    expect((await run(`${address}/b.jpg`)).line).toMatchObject({ error: { code: 'DECODE_FAILED' } })
    server.close()
    expect((await run('http://127.0.0.1:1/c.jpg')).line).toMatchObject({ error: { code: 'DECODE_FAILED' } })
  })

  it('gives a line for what is no image', async () => {
    const run = await start({ kind: 'detect' })
    await writeFile(at('text.jpg'), 'no photograph')
    for (const name of [at('text.jpg'), at('gone.jpg'), folder]) {
      expect((await run(name)).line).toMatchObject({ file: name, error: { code: 'DECODE_FAILED' } })
    }
    // A job of no use must not end the worker.
    expect((await run(photo)).line).toHaveProperty('faces')
  })

  it('draws', async () => {
    const run = await start({ kind: 'detect', draw: out('drawn') })
    expect((await found(run(photo))).drawing).toBe('deep/faces.jpg')
    const { format, width } = await sharp(at('drawn/deep/faces.jpg')).metadata()
    expect([format, width]).toEqual(['jpeg', 600])
  })
})

describe('crop', () => {
  it('writes each face, aligned, and says which is where', async () => {
    const run = await start({ kind: 'crop', crop: { size: 96 }, out: out('crops') })
    const line = await found(run(photo))
    expect(line.faces.map(({ crop }) => crop)).toEqual(faces.map((_, n) => `deep/faces.jpg-${n + 1}.png`))
    const [crop] = await detector.cropFaces(photo, faces, { size: 96, output: 'rgb' })
    const { data, info } = await sharp(at('crops/deep/faces.jpg-1.png')).raw().toBuffer({ resolveWithObject: true })
    expect([info.width, info.height, info.channels]).toEqual([96, 96, 3])
    expect(Buffer.compare(data, Buffer.from(crop!.data))).toBe(0)
    expect(await readdir(at('crops/deep'))).toHaveLength(faces.length)
  })

  it('writes nothing where there is no face', async () => {
    const run = await start({ kind: 'crop', crop: {}, out: out('no-crops', '.webp') })
    const blank = join(album, 'blank.png')
    await sharp({ create: { width: 100, height: 100, channels: 3, background: 'green' } }).toFile(blank)
    expect(await found(run(blank))).toEqual({ file: blank, width: 100, height: 100, faces: [] })
    expect((await found(run(photo))).faces[0]!.crop).toBe('deep/faces.jpg-1.webp')
    expect(await readdir(at('no-crops'))).toEqual(['deep'])
  })
})

describe('blur', () => {
  it('writes a copy in which no face is found, and leaves the original alone', async () => {
    const before = await readFile(photo)
    const run = await start({ kind: 'blur', hide: {}, out: out('copies') })
    expect((await found(run(photo))).copy).toBe('deep/faces.jpg')
    expect(await readFile(photo)).toEqual(before)
    const copy = at('copies/deep/faces.jpg')
    expect(await detector.detectFaces(copy)).toEqual([])
    const { format, width, height } = await sharp(copy).metadata()
    expect({ format, width, height }).toEqual({ format: 'jpeg', width: 600, height: 346 })
  })

  it('turns the copy upright, and keeps no metadata, in which there may be a picture of the face', async () => {
    const turned = join(album, 'turned.jpg')
    const exif = { IFD0: { Artist: 'somebody', Copyright: 'x'.repeat(500) }, IFD3: { GPSLatitude: '51/1 30/1 0/1' } }
    await sharp(photo).rotate(270).withExif(exif).withMetadata({ orientation: 6 }).toFile(turned)
    const run = await start({ kind: 'blur', hide: { method: 'fill', colour: [255, 0, 0] }, out: out('upright') })
    const line = await found(run(turned))
    expect([line.width, line.height]).toEqual([600, 346])
    const bytes = await readFile(at('upright/turned.jpg'))
    const { width, exif: left, xmp, iptc, icc, orientation } = await sharp(bytes).metadata()
    expect({ width, left, xmp, iptc, icc, orientation }).toEqual({ width: 600 })
    const { x, y, width: w, height: h } = line.faces[0]!.box
    const middle = { left: Math.round(x + w / 2), top: Math.round(y + h / 2), width: 1, height: 1 }
    const [red = 0, green = 0] = await sharp(bytes).extract(middle).raw().toBuffer()
    expect([red > 200, green < 60]).toEqual([true, true])
  })

  it.each([
    ['png', (image: Sharp) => image.ensureAlpha(0.5).png()],
    ['webp', (image: Sharp) => image.ensureAlpha(0.5).webp({ lossless: true })],
    ['tiff', (image: Sharp) => image.tiff()],
    ['gif', (image: Sharp) => image.gif()],
    ['avif', (image: Sharp) => image.avif()],
    ['png', (image: Sharp) => image.greyscale().toColourspace('b-w').png()],
    ['png', (image: Sharp) => image.toColourspace('rgb16').png()],
  ] as const)('keeps the format, what is transparent, and grey: %s', async (format, make) => {
    const file = join(album, `kept.${format}`)
    await make(sharp(photo)).toFile(file)
    const run = await start({ kind: 'blur', hide: {}, out: out('kept') })
    const line = await found(run(file))
    expect(line.faces.length).toBeGreaterThan(0)
    const [one, two] = await Promise.all([file, at(`kept/kept.${format}`)].map((name) => sharp(name).metadata()))
    expect({ ...two, format: two!.format, hasAlpha: two!.hasAlpha, space: two!.space }).toMatchObject({
      format: one!.format,
      hasAlpha: one!.hasAlpha,
      space: one!.space === 'rgb16' ? 'srgb' : one!.space,
      width: 600,
    })
    if (one!.hasAlpha) {
      const alpha = (name: string) => sharp(name).extractChannel('alpha').raw().toBuffer()
      expect(await alpha(at(`kept/kept.${format}`))).toEqual(await alpha(file))
    }
  })

  it('gives what cannot be written another ending behind its name, and never the name of another image', async () => {
    const svg = join(album, 'a.svg')
    await writeFile(svg, '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="60"><circle r="9"/></svg>')
    const run = await start({ kind: 'blur', hide: {}, out: out('endings') })
    expect((await found(run(svg))).copy).toBe('a.svg.png')
    await sharp(photo).toFile(join(album, 'a.svg.png'))
    expect((await found(run(svg))).copy).toBe('a.svg~.png')
    const asJpeg = await start({ kind: 'blur', hide: {}, out: out('jpegs', '.jpg') })
    expect((await found(asJpeg(join(album, 'a.svg.png')))).copy).toBe('a.svg.png.jpg')
    expect((await found(asJpeg(photo))).copy).toBe('deep/faces.jpg')
  })

  it('in place: lays the copy beside its original, which is replaced later', async () => {
    const file = join(album, 'own.jpg')
    await writeFile(file, await readFile(photo))
    await symlink('own.jpg', join(album, 'linked.jpg'))
    const run = await start({ kind: 'blur', hide: {}, out: undefined })
    const { line, replacement } = await run(join(album, 'linked.jpg'))
    expect(line).toMatchObject({ faces: expect.any(Array) })
    expect(line).not.toHaveProperty('copy')
    expect(replacement?.to.endsWith('/album/own.jpg')).toBe(true)
    expect(await readFile(file)).toEqual(await readFile(photo))
    expect(await detector.detectFaces(replacement!.from)).toEqual([])
    // Without faces there is nothing to replace.
    const blank = join(album, 'blank2.png')
    await sharp({ create: { width: 100, height: 100, channels: 3, background: 'green' } }).toFile(blank)
    expect(await run(blank)).toEqual({ line: { file: blank, width: 100, height: 100, faces: [] } })
  })

  it('in place: leaves pictures that cannot be replaced by one like them', async () => {
    const run = await start({ kind: 'blur', hide: {}, out: undefined })
    const moving = join(album, 'moving.gif')
    const frames = await Promise.all([sharp(photo), sharp(photo).flop()].map((frame) => frame.gif().toBuffer()))
    await sharp(frames, { join: { animated: true } })
      .gif()
      .toFile(moving)
    const embedded = `data:image/jpeg;base64,${(await readFile(photo)).toString('base64')}`
    const drawing = join(album, 'drawing.svg')
    const image = `<image href="${embedded}" width="600" height="346"/>`
    await writeFile(drawing, `<svg xmlns="http://www.w3.org/2000/svg" width="600" height="346">${image}</svg>`)
    for (const file of [moving, drawing]) {
      expect((await run(file)).line).toMatchObject({ file, error: { code: 'UNSUPPORTED_IMAGE' } })
    }
  })

  it('has failed where its copy cannot be written', async () => {
    await writeFile(at('no-folder'), '')
    const run = await start({ kind: 'blur', hide: {}, out: out('no-folder') })
    expect((await run(photo)).line).toMatchObject({ error: { code: 'WRITE_FAILED' } })
    const own = await start({ kind: 'blur', hide: {}, out: { folder: album, base: album, ending: undefined } })
    expect((await own(photo)).line).toMatchObject({
      error: { code: 'WRITE_FAILED', message: expect.stringContaining('original') },
    })
  })
})

describe('a worker', () => {
  it('says why it does not start', async () => {
    const setup = { options: { weights: at('none.bin') }, task: { kind: 'detect' } } as const
    expect(await new Here().ask({ type: 'start', setup })).toMatchObject({ type: 'refused', code: 'INVALID_WEIGHTS' })
  })

  it('ends with whoever started it, and leaves Ctrl-C to that', () => {
    const here = new Here()
    for (const signal of ['SIGINT', 'SIGTERM']) expect(here.listenerCount(signal)).toBe(1)
    here.emit('SIGINT')
    here.emit('SIGTERM')
    expect(here.exits).toBe(0)
    here.emit('disconnect')
    expect(here.exits).toBe(1)
  })
})
