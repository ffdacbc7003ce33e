import { writeFile } from 'node:fs/promises'
import sharp from 'sharp'

const WIDTH = 640
const HEIGHT = 480

/**
 * Writes a clip for Chromium's fake camera (YUV4MPEG2): the camera pans over a photograph, there and back.
 *
 * @param photograph - A picture file.
 * @param frames - How many; 30 a second.
 */
export async function writeClip(photograph: string, file: string, frames: number): Promise<void> {
  const high = await sharp(photograph).resize({ height: HEIGHT }).removeAlpha().toColourspace('srgb').toBuffer()
  const { width = WIDTH } = await sharp(high).metadata()
  const parts: Uint8Array[] = [Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F30:1 Ip A1:1 C420jpeg\n`)]
  for (let n = 0; n < frames; n++) {
    const left = Math.round(((width - WIDTH) * (1 - Math.cos((2 * Math.PI * n) / frames))) / 2)
    const rgb = await sharp(high).extract({ left, top: 0, width: WIDTH, height: HEIGHT }).raw().toBuffer()
    parts.push(Buffer.from('FRAME\n'), planes(rgb))
  }
  await writeFile(file, Buffer.concat(parts))
}

/** Luma of every pixel, then both chromas of every block of four. */
function planes(rgb: Buffer): Buffer {
  const out = Buffer.alloc((WIDTH * HEIGHT * 3) / 2)
  const u = WIDTH * HEIGHT
  const v = u + (WIDTH * HEIGHT) / 4
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const at = 3 * (y * WIDTH + x)
      const [r, g, b] = [rgb[at]!, rgb[at + 1]!, rgb[at + 2]!]
      out[y * WIDTH + x] = 0.299 * r + 0.587 * g + 0.114 * b
      if (x % 2 === 1 || y % 2 === 1) continue
      const block = (y / 2) * (WIDTH / 2) + x / 2
      out[u + block] = 128 - 0.1687 * r - 0.3313 * g + 0.5 * b
      out[v + block] = 128 + 0.5 * r - 0.4187 * g - 0.0813 * b
    }
  }
  return out
}
