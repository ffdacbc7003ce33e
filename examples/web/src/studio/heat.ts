/** Colours of scores from 0 to 1: red, green, blue, opacity. Low ones are clear, so that the picture shows through. */
const STOPS: readonly [red: number, green: number, blue: number, alpha: number][] = [
  [60, 20, 110, 0],
  [87, 16, 130, 140],
  [188, 55, 84, 215],
  [249, 142, 9, 245],
  [252, 255, 164, 255],
]

const TABLE = colourTable()

function colourTable(): Uint32Array {
  const bytes = new Uint8ClampedArray(256 * 4)
  for (let n = 0; n < 256; n++) {
    const at = (n / 255) * (STOPS.length - 1)
    const low = Math.min(Math.floor(at), STOPS.length - 2)
    for (let c = 0; c < 4; c++) {
      bytes[4 * n + c] = STOPS[low]![c]! + (at - low) * (STOPS[low + 1]![c]! - STOPS[low]![c]!)
    }
  }
  return new Uint32Array(bytes.buffer)
}

/**
 * P-Net's scores as a picture, one pixel a cell; of large maps one for a block of cells, its highest score.
 *
 * @param scores - Row by row.
 * @param most - Columns and rows the picture may have.
 */
export function heatMap(scores: Float32Array, columns: number, rows: number, most: number): OffscreenCanvas {
  const block = Math.ceil(Math.max(columns, rows) / most)
  const width = Math.ceil(columns / block)
  const height = Math.ceil(rows / block)
  const highest = new Float32Array(width * height)
  for (let y = 0, n = 0; y < rows; y++) {
    const row = Math.floor(y / block) * width
    for (let x = 0; x < columns; x++, n++) {
      const at = row + Math.floor(x / block)
      if (scores[n]! > highest[at]!) highest[at] = scores[n]!
    }
  }
  const pixels = new ImageData(width, height)
  const words = new Uint32Array(pixels.data.buffer)
  for (let n = 0; n < words.length; n++) words[n] = TABLE[Math.round(highest[n]! * 255)]!
  const canvas = new OffscreenCanvas(width, height)
  canvas.getContext('2d')!.putImageData(pixels, 0, 0)
  return canvas
}
