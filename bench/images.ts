/** The pictures that are timed, from the npm packages the tests take theirs from. */
import sharp from 'sharp'
import type { Pixels } from '../src/image/pixels.ts'
import { photographFile } from '../test/helpers/photographs.ts'
import type { Picture } from './suite.ts'

const FACES = photographFile('tracking', 'examples/assets/faces.jpg')
const GROUP = photographFile('@vladmandic/face-api', 'demo/sample4.jpg')

/** Decodes a photograph, made to fill width x height where they are given. */
export async function decode(file: string, width?: number, height?: number): Promise<Pixels> {
  const image = sharp(file).removeAlpha()
  if (width && height) image.resize({ width, height, fit: 'cover', kernel: 'cubic' })
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true })
  if (info.channels !== 3) throw new Error(`${file} has ${info.channels} channels, not 3`)
  const { width: w, height: h } = info
  return { data: Uint8Array.from(data), width: w, height: h, channels: 3, order: 'rgb', stride: 3 * w }
}

export async function portrait(): Promise<Picture> {
  return { name: 'three faces', pixels: await decode(FACES) }
}

export async function frame(): Promise<Picture> {
  return { name: 'video frame', pixels: await decode(GROUP, 640, 480) }
}

export async function group(width?: number, height?: number): Promise<Picture> {
  return { name: 'group photograph', pixels: await decode(GROUP, width, height) }
}

export async function twelveMegapixels(): Promise<Picture> {
  return { name: 'the group, enlarged to 12 megapixels', pixels: await decode(GROUP, 4000, 3000) }
}
