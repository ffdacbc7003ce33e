/** Numbers by chance that a seed repeats. */

/** Numbers from 0 up to 1, of 32 bits. */
export type Random = () => number

/** mulberry32: the same numbers for the same seed, and different ones for seeds that differ in any bit. */
export function random(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let z = state
    z = Math.imul(z ^ (z >>> 15), z | 1)
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61)
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Bytes of a linear congruential generator: the upper eight bits of each state. The fixtures' noise is made with it. */
export function congruentialBytes(state: number): () => number {
  let current = state
  return () => {
    current = (Math.imul(1664525, current) + 1013904223) >>> 0
    return current >>> 24
  }
}
