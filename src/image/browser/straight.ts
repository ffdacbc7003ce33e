/**
 * Colours as they are stored under alpha. A canvas multiplies them with it, so that those of transparent pixels are lost.
 * Loaded where a picture has such pixels.
 */
import { nextTask } from '../../shared/next-task.ts'
import type { Pixels } from '../pixels.ts'
import { BAND_PIXELS, ownPixels } from './canvas.ts'

/** Where else the picture can be read: each makes its own, or undefined where there is none. */
export interface Originals {
  /** Closed here. */
  bitmap(): Promise<ImageBitmap | undefined>
  /** Loaded. */
  element(): Promise<HTMLImageElement | undefined>
}

/**
 * The picture with its stored colours; as near to them as the browser gives it.
 *
 * @param drawn - Its pixels, read from a canvas.
 */
export async function straightened(drawn: Pixels, originals: Originals): Promise<Pixels> {
  const ways = [
    async () => fromFrame(await originals.bitmap()),
    // WebKit multiplies in bitmaps and frames too, but not what it decodes for a texture.
    async () => fromTexture(await originals.element(), drawn),
  ]
  let nearest = drawn
  for (const way of ways) {
    try {
      const pixels = await way()
      if (!pixels || !isSame(pixels, drawn)) continue
      if (isStraight(pixels.data)) return pixels
      if (nearest === drawn) nearest = pixels
    } catch {
      // A class or a format that this browser does not have, or a picture that it does not take there.
    }
  }
  return nearest
}

async function fromFrame(bitmap: ImageBitmap | undefined): Promise<Pixels | undefined> {
  if (!bitmap) return undefined
  const opened: { close(): void }[] = [bitmap]
  try {
    const { width, height } = bitmap
    const frame = new VideoFrame(bitmap, { timestamp: 0 })
    opened.push(frame)
    const order = { RGBA: 'rgb', BGRA: 'bgr' } as const
    if (frame.format !== 'RGBA' && frame.format !== 'BGRA') return undefined
    if (frame.allocationSize() !== width * height * 4) return undefined
    const data = new Uint8Array(width * height * 4)
    await frame.copyTo(data)
    return ownPixels(data, { width, height }, order[frame.format])
  } finally {
    for (const each of opened) each.close()
  }
}

async function fromTexture(
  image: HTMLImageElement | undefined,
  { width, height }: Pixels,
): Promise<Pixels | undefined> {
  const context = image && document.createElement('canvas').getContext('webgl')
  if (!context) return undefined
  try {
    context.pixelStorei(context.UNPACK_PREMULTIPLY_ALPHA_WEBGL, false)
    context.bindTexture(context.TEXTURE_2D, context.createTexture())
    context.texImage2D(context.TEXTURE_2D, 0, context.RGBA, context.RGBA, context.UNSIGNED_BYTE, image)
    context.bindFramebuffer(context.FRAMEBUFFER, context.createFramebuffer())
    const texture = context.getParameter(context.TEXTURE_BINDING_2D)
    context.framebufferTexture2D(context.FRAMEBUFFER, context.COLOR_ATTACHMENT0, context.TEXTURE_2D, texture, 0)
    const data = new Uint8Array(width * height * 4)
    const rows = Math.max(1, Math.floor(BAND_PIXELS / width))
    for (let y = 0; y < height; y += rows) {
      const band = data.subarray(y * width * 4)
      context.readPixels(0, y, width, Math.min(rows, height - y), context.RGBA, context.UNSIGNED_BYTE, band)
      await nextTask()
    }
    return context.getError() === context.NO_ERROR ? ownPixels(data, { width, height }) : undefined
  } finally {
    // There may be few of them at a time.
    context.getExtension('WEBGL_lose_context')?.loseContext()
  }
}

/** Whether no colour was multiplied with an alpha that takes much of it away, and divided again: few values are left then. */
function isStraight(data: Uint8Array): boolean {
  let isLoss = false
  for (let at = 0; at < data.length; at += 4) {
    const alpha = data[at + 3]!
    if (alpha >= 128) continue
    isLoss = true
    for (let n = 0; n < 3; n++) {
      const value = data[at + n]!
      const left = alpha === 0 ? 0 : (Math.round((value * alpha) / 255) * 255) / alpha
      if (Math.abs(left - value) > 1) return true
    }
  }
  return !isLoss
}

/** How far two colours of the same pixel may be apart where they are multiplied with alpha; each was rounded, some twice. */
const TOLERANCE = 2 * 255

/** Whether it would be drawn as it was: browsers also divide by alpha twice, or read pictures lying on their side. */
function isSame(pixels: Pixels, drawn: Pixels): boolean {
  if (pixels.width !== drawn.width || pixels.height !== drawn.height) return false
  const [one, other] = [pixels.data, drawn.data]
  // WebKit draws nothing of a file that is cut; a texture has what there is of it.
  if (other.every((byte) => byte === 0)) return one.some((byte) => byte !== 0)
  const first = pixels.order === drawn.order ? 0 : 2
  for (let at = 0; at < one.length; at += 4) {
    const alpha = one[at + 3]!
    if (alpha !== other[at + 3]) return false
    for (let n = 0; n < 3; n++) {
      const distance = one[at + n]! - other[at + Math.abs(first - n)]!
      if (Math.abs(distance) * alpha > TOLERANCE) return false
    }
  }
  return true
}
