/** Intervals of what was measured, by drawing images again and again (bootstrap). */
import { random } from '../../test/helpers/random.ts'

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

/** The middle value, or the mean of the two in the middle; NaN where there are none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : mean(sorted.slice(middle - 1, middle + 1))
}

/** A figure, where 95 of 100 redrawn sets have it, and the same of its difference to the first variant's. */
export interface Estimate {
  readonly value: number
  readonly interval: readonly [low: number, high: number]
  readonly difference: { readonly value: number; readonly interval: readonly [low: number, high: number] }
}

/** A figure of the images drawn, or of all where none are given. */
export type Figure = (chosen?: ArrayLike<number>) => number

/** The same figure of each variant, on the same draws. */
export function estimates(figures: readonly Figure[], rounds: readonly Uint32Array[]): Estimate[] {
  const values = figures.map((figure) => figure())
  const drawn = figures.map((figure) => rounds.map((chosen) => figure(chosen)))
  return figures.map((_, v) => ({
    value: values[v]!,
    interval: interval(drawn[v]!),
    difference: {
      value: values[v]! - values[0]!,
      interval: interval(drawn[v]!.map((value, round) => value - drawn[0]![round]!)),
    },
  }))
}
