/**
 * The part of an image a refining net looks at.
 */
import type { Corners } from './boxes.ts'
import { type Grid, grid } from './conv.ts'
import { resizeF64 } from './resize.ts'

/**
 * Cuts a box out of an image; what lies outside the image is 0 (black, before normalisation).
 *
 * Box coordinates are whole, 1-based and inclusive: column 0 of the patch is image column `x1 - 1`.
 * returns (y2 - y1 + 1) x (x2 - x1 + 1) x channels, or null where a side is under 1
 */
export function crop(image: Grid, [x1, y1, x2, y2]: Corners): Grid<Float64Array> | null {
  const { channels } = image
  if (x2 < x1 || y2 < y1) return null
  const patch = grid(y2 - y1 + 1, x2 - x1 + 1, channels)
  for (let v = 0; v < patch.height; v++) {
    const y = v + y1 - 1
    if (y < 0 || y >= image.height) continue
    for (let u = 0; u < patch.width; u++) {
      const x = u + x1 - 1
      if (x < 0 || x >= image.width) continue
      for (let c = 0; c < channels; c++) {
        patch.data[(v * patch.width + u) * channels + c] = image.data[(y * image.width + x) * channels + c]!
      }
    }
  }
  return patch
}

/**
 * The box as the net takes it: cropped, then resized to `side x side` without rounding to bytes.
 */
export function patchOf(image: Grid, box: Corners, side: 24 | 48): Grid<Float64Array> | null {
  const patch = crop(image, box)
  return patch && resizeF64(patch, side, side)
}
