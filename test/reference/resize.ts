/**
 * Resampling by area, as OpenCV's INTER_AREA does it, to the last bit: the order of every sum and the precision of
 * every weight are part of the definition. `f32` marks a rounding to float32.
 *
 * Images are height x width x channels, any number of channels. Three cases, by s = source side / target side:
 * both whole numbers (mean of a block), both 1 or more (overlap of pixel areas), either under 1 (bilinear).
 */
import { type Grid, grid } from './conv.ts'

const f32 = Math.fround

/** Parts of source pixels that make one target pixel along one axis; the same number of indices and weights. */
export interface Taps {
  indices: number[]
  /** float32 */
  weights: number[]
}

/** Two neighbours and the share of the second, along one axis; `second` is `first` at the last source pixel. */
export interface Blend {
  first: number
  second: number
  /** float32, 0 up to but not including 1 */
  share: number
}

/**
 * Rounds to the nearest whole number, halves to the even one.
 */
export function roundHalfEven(value: number): number {
  const down = Math.floor(value)
  const part = value - down
  return part > 0.5 || (part === 0.5 && down % 2 !== 0) ? down + 1 : down
}

/**
 * Source pixels per target pixel, from the rounded inverse as OpenCV has it.
 */
export function step(source: number, target: number): number {
  return 1 / (target / source)
}

/**
 * Taps of target pixel `d` when shrinking from `source` pixels with `s >= 1` source pixels to one.
 */
export function areaTaps(d: number, s: number, source: number): Taps {
  const from = d * s
  const to = from + s
  const cell = Math.min(s, source - from)
  const last = Math.min(Math.floor(to), source - 1)
  const first = Math.min(Math.ceil(from), last)
  const taps: Taps = { indices: [], weights: [] }
  const add = (index: number, weight: number) => {
    taps.indices.push(index)
    taps.weights.push(f32(weight))
  }
  if (first - from > 1e-3) add(first - 1, (first - from) / cell)
  for (let q = first; q < last; q++) add(q, 1 / cell)
  if (to - last > 1e-3) add(last, Math.min(Math.min(to - last, 1), cell) / cell)
  return taps
}

/**
 * The two source pixels target pixel `d` lies between when enlarging.
 */
export function areaBlend(d: number, source: number, target: number): Blend {
  const inverse = target / source
  const first = Math.min(Math.floor(d * (1 / inverse)), source - 1)
  const past = f32(d + 1 - (first + 1) * inverse)
  const share = past <= 0 || first === source - 1 ? 0 : f32(past - Math.floor(past))
  return { first, second: Math.min(first + 1, source - 1), share }
}

type Method = 'block' | 'area' | 'blend'

/**
 * Which of the three cases a pair of sizes is.
 */
export function methodFor(source: Grid, height: number, width: number): Method {
  const sides = [step(source.width, width), step(source.height, height)]
  if (sides.some((s) => s < 1)) return 'blend'
  return sides.every((s) => Math.abs(s - Math.round(s)) < Number.EPSILON) ? 'block' : 'area'
}

/**
 * Resizes bytes to bytes: sums in float32 (whole numbers for blocks, 11-bit fixed point when enlarging).
 *
 * source  height x width x channels bytes; returns `height x width x channels` bytes
 */
export function resizeU8(source: Grid<Uint8Array>, height: number, width: number): Grid<Uint8Array> {
  const { channels } = source
  const out = { data: new Uint8Array(height * width * channels), height, width, channels }
  const method = methodFor(source, height, width)
  if (method === 'area') {
    const sums = areaSums(source, height, width, f32)
    for (let n = 0; n < sums.length; n++) out.data[n] = Math.min(255, roundHalfEven(sums[n]!))
  } else if (method === 'block') {
    const area = Math.round(step(source.width, width)) * Math.round(step(source.height, height))
    const square = area === 4 && source.width === 2 * width
    const mean = (sum: number) =>
      square ? (sum + 2) >> 2 : Math.min(255, roundHalfEven(f32(f32(sum) * f32(1 / area))))
    out.data.set(blockSums(source, height, width).map(mean))
  } else {
    enlargeU8(source, out)
  }
  return out
}

/**
 * Resizes without rounding: sums in float64, weights still float32.
 *
 * source  height x width x channels, any type; returns `height x width x channels` float64
 */
export function resizeF64(source: Grid, height: number, width: number): Grid<Float64Array> {
  const out = grid(height, width, source.channels)
  const method = methodFor(source, height, width)
  if (method === 'area') {
    out.data.set(areaSums(source, height, width, (sum) => sum))
  } else if (method === 'block') {
    const area = Math.round(step(source.width, width)) * Math.round(step(source.height, height))
    out.data.set(blockSums(source, height, width).map((sum) => sum * f32(1 / area)))
  } else {
    enlargeF64(source, out)
  }
  return out
}

/**
 * Sum of each block of whole source pixels, row by row.
 */
function blockSums(source: Grid, height: number, width: number): Float64Array {
  const { channels } = source
  const sx = Math.round(step(source.width, width))
  const sy = Math.round(step(source.height, height))
  const sums = new Float64Array(height * width * channels)
  for (let y = 0; y < height * sy; y++) {
    for (let x = 0; x < width * sx; x++) {
      const to = (Math.floor(y / sy) * width + Math.floor(x / sx)) * channels
      for (let c = 0; c < channels; c++) sums[to + c]! += source.data[(y * source.width + x) * channels + c]!
    }
  }
  return sums
}

/**
 * Overlap-weighted sums. For each target row its source rows in order; in each the horizontal taps are summed in
 * order, the sum is multiplied by the row's weight and added. `round` is applied after every product and every sum.
 */
function areaSums(source: Grid, height: number, width: number, round: (value: number) => number): Float64Array {
  const { channels } = source
  const sums = new Float64Array(height * width * channels)
  const columns = Array.from({ length: width }, (_, x) => areaTaps(x, step(source.width, width), source.width))
  for (let y = 0; y < height; y++) {
    const rows = areaTaps(y, step(source.height, height), source.height)
    rows.indices.forEach((row, r) => {
      for (let x = 0; x < width; x++) {
        const { indices, weights } = columns[x]!
        for (let c = 0; c < channels; c++) {
          let across = 0
          for (let t = 0; t < indices.length; t++) {
            const sample = source.data[(row * source.width + indices[t]!) * channels + c]!
            across = round(across + round(sample * weights[t]!))
          }
          const to = (y * width + x) * channels + c
          sums[to] = round(sums[to]! + round(across * rows.weights[r]!))
        }
      }
    })
  }
  return sums
}

/**
 * Visits every target sample with the four source samples around it and the two shares.
 */
function enlarge(
  source: Grid,
  out: Grid,
  mix: (samples: [number, number, number, number], acrossShare: number, downShare: number) => number,
): void {
  const { channels } = source
  for (let y = 0; y < out.height; y++) {
    const down = areaBlend(y, source.height, out.height)
    for (let x = 0; x < out.width; x++) {
      const across = areaBlend(x, source.width, out.width)
      for (let c = 0; c < channels; c++) {
        const at = (row: number, column: number) => source.data[(row * source.width + column) * channels + c]!
        out.data[(y * out.width + x) * channels + c] = mix(
          [
            at(down.first, across.first),
            at(down.first, across.second),
            at(down.second, across.first),
            at(down.second, across.second),
          ],
          across.share,
          down.share,
        )
      }
    }
  }
}

function enlargeF64(source: Grid, out: Grid<Float64Array>): void {
  enlarge(source, out, ([a, b, c, d], across, down) => {
    const upper = a * f32(1 - across) + b * across
    const lower = c * f32(1 - across) + d * across
    return upper * f32(1 - down) + lower * down
  })
}

function enlargeU8(source: Grid<Uint8Array>, out: Grid<Uint8Array>): void {
  const fixed = (share: number) => roundHalfEven(share * 2048)
  enlarge(source, out, ([a, b, c, d], across, down) => {
    const [a0, a1, d0, d1] = [fixed(f32(1 - across)), fixed(across), fixed(f32(1 - down)), fixed(down)]
    const upper = (a * a0 + b * a1) >> 4
    const lower = (c * a0 + d * a1) >> 4
    return Math.min(255, (((d0 * upper) >> 16) + ((d1 * lower) >> 16) + 2) >> 2)
  })
}
