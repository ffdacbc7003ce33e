import { expose, transfer } from 'comlink'
import type { Box, Face, LevelTrace } from 'mtcnn-wasm/slim'
import { asFile, encode, hideFaces, type Pixels, paintFaces } from './paint.ts'
import { drawBoxes, drawLevel, ground } from './views.ts'

interface Held {
  picture: ImageBitmap
  /** Small and grey, to draw on; made when it is first wanted. */
  ground?: OffscreenCanvas
}

const held = new Map<number, Held>()
let last = 0

function hold(picture: ImageBitmap): number {
  held.set(++last, { picture })
  return last
}

function heldAt(id: number): Held {
  const found = held.get(id)
  if (!found) throw new Error('this picture is closed')
  return found
}

function groundOf(id: number): OffscreenCanvas {
  const entry = heldAt(id)
  entry.ground ??= ground(entry.picture)
  return entry.ground
}

/** Turned upright; colours as they are in the file. */
const AS_STORED: ImageBitmapOptions = { imageOrientation: 'from-image', premultiplyAlpha: 'none' }

const api = {
  /** Decodes a picture and keeps it until `close`. */
  async open(file: Blob) {
    const picture = await createImageBitmap(file, AS_STORED)
    const { width, height } = picture
    const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!
    context.drawImage(picture, 0, 0)
    const { data } = context.getImageData(0, 0, width, height)
    return transfer({ id: hold(picture), data, width, height }, [data.buffer])
  },

  /** Keeps a frame of a video until `close`. */
  keep: (frame: ImageBitmap): number => hold(frame),

  close(id: number): void {
    held.get(id)?.picture.close()
    held.delete(id)
  },

  /** The picture with these boxes over it. */
  boxes(id: number, boxes: readonly Box[]): ImageBitmap {
    return sent(drawBoxes(groundOf(id), boxes, heldAt(id).picture.width))
  },

  /** One size of the picture, with the scores of the first look over it. */
  level(id: number, level: LevelTrace, turn: number): ImageBitmap {
    return sent(drawLevel(groundOf(id), level, turn))
  },

  /** The whole picture with its faces framed, as a PNG. */
  painted: (id: number, faces: readonly Face[], mirror: boolean): Promise<Blob> =>
    paintFaces(heldAt(id).picture, faces, mirror),

  /** The whole picture with its faces blurred: to show. */
  hidden: async (id: number, faces: readonly Face[]): Promise<ImageBitmap> =>
    sent(await hideFaces(heldAt(id).picture, faces)),

  /** The same, to save. */
  hiddenFile: async (id: number, faces: readonly Face[], mirror: boolean): Promise<Blob> =>
    asFile(await hideFaces(heldAt(id).picture, faces), mirror),

  /** Each as a PNG. */
  encode: (crops: readonly Pixels[]): Promise<Blob[]> => Promise.all(crops.map(encode)),
}

/** What the worker does. */
export type Studio = typeof api

function sent(bitmap: ImageBitmap): ImageBitmap {
  return transfer(bitmap, [bitmap])
}

expose(api)
