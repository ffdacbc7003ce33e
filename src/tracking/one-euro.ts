/**
 * The 1-euro filter (Casiez, Roussel and Vogel 2012): a low-pass whose cutoff rises with the speed of the signal, so that what is at
 * rest does not tremble and what moves does not lag. One thing is added to it: between two values the signal is taken to go on at its
 * speed. So steady motion, slow or fast, has no lag.
 */

/** Hertz: of a signal at rest. */
const LEAST_CUTOFF = 0.7
/** Hertz for each unit of speed. */
const CUTOFF_BY_SPEED = 8
/** Hertz: of the speed. */
const SPEED_CUTOFF = 0.7
/** Units a second: speeds far below it are noise, and the signal does not go on at them. */
const NOISE_SPEED = 0.04

/** Seconds: values that are said to lie closer together tell of no speed. */
const LEAST_SPAN = 1 / 240

/** How much of a new value is taken. */
function share(cutoff: number, seconds: number): number {
  const turn = 2 * Math.PI * cutoff * seconds
  return turn / (turn + 1)
}

export class OneEuroFilter {
  #raw: number
  #smooth: number
  #speed = 0

  constructor(value: number) {
    this.#raw = value
    this.#smooth = value
  }

  /**
   * Filters the next value.
   *
   * @param seconds - Since the one before; over 0.
   * @param unit - What speeds are measured in: for places of a face its size.
   */
  next(value: number, seconds: number, unit: number): number {
    this.#speed += share(SPEED_CUTOFF, seconds) * ((value - this.#raw) / Math.max(seconds, LEAST_SPAN) - this.#speed)
    this.#raw = value
    const speed = Math.abs(this.#speed) / unit
    const motion = this.#speed * (speed / (speed + NOISE_SPEED))
    const expected = this.#smooth + motion * seconds
    this.#smooth = expected + share(LEAST_CUTOFF + CUTOFF_BY_SPEED * speed, seconds) * (value - expected)
    return this.#smooth
  }
}
