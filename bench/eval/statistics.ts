/** Chance, under control. */

/** The same numbers from 0 to 1 for the same seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let z = state
    z = Math.imul(z ^ (z >>> 15), z | 1)
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61)
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32
  }
}

/** `rounds` draws of as many images as there are, with repeats. The same for all variants, so that they can be paired. */
export function draws(images: number, rounds: number, seed: number): Uint32Array[] {
  const next = random(seed)
  return Array.from({ length: rounds }, () => Uint32Array.from({ length: images }, () => Math.floor(next() * images)))
}

/** The middle 95 of 100 values; NaN where there are none. */
export function interval(values: readonly number[]): [low: number, high: number] {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b)
  if (sorted.length === 0) return [Number.NaN, Number.NaN]
  const at = (share: number) => {
    const place = share * (sorted.length - 1)
    const below = Math.floor(place)
    const above = Math.min(below + 1, sorted.length - 1)
    return sorted[below]! + (sorted[above]! - sorted[below]!) * (place - below)
  }
  return [at(0.025), at(0.975)]
}

export function mean(values: readonly number[]): number {
  return values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0) / values.length
}
