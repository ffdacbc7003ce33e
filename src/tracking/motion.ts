import type { Edges } from '../shared/overlap.ts'

/** Where a face is and how it moves: its middle and size in pixels, its speed in pixels a second. */
export interface Motion {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly speedX: number
  readonly speedY: number
  /** How its size grows, as a share of it a second. */
  readonly growth: number
  /** Whether the speed is known: it was seen twice. */
  readonly known: boolean
}

/** How much of what a new box says about place and size is believed, and about speed and growth. */
const PLACE_GAIN = 0.8
const UNSURE_PLACE_GAIN = 0.5
const UNSURE_SIZE_GAIN = 0.1
const SPEED_GAIN = 0.5
const GROWTH_GAIN = 0.2

/**
 * Seconds. Where two frames are said to lie closer to each other, the clock trembles, or it is the same frame: a speed would be
 * anything.
 */
const LEAST_SPAN = 1 / 125

/** A face that is seen for the first time. */
export function motionOf({ x1, y1, x2, y2 }: Edges): Motion {
  return {
    x: (x1 + x2) / 2,
    y: (y1 + y2) / 2,
    width: x2 - x1,
    height: y2 - y1,
    speedX: 0,
    speedY: 0,
    growth: 0,
    known: false,
  }
}

/** The same after some seconds at constant speed. */
export function moved(motion: Motion, seconds: number): Motion {
  const { x, y, width, height, speedX, speedY, growth } = motion
  // Sizes are believed to change for a short time only.
  const factor = 1 + Math.min(Math.max(growth * Math.min(seconds, 0.2), -0.1), 0.1)
  return {
    ...motion,
    x: x + speedX * seconds,
    y: y + speedY * seconds,
    width: width * factor,
    height: height * factor,
  }
}

/**
 * What is known of a face once it has been seen again.
 *
 * @param seconds - Since it was seen last; over 0.
 * @param unsure - Whether what is seen is partly another face, which is near: then its speed and its size stay, or nearly so.
 */
export function corrected(motion: Motion, box: Edges, seconds: number, unsure = false): Motion {
  const seen = motionOf(box)
  const expected = moved(motion, seconds)
  if (!motion.known) {
    if (seconds < LEAST_SPAN) return seen
    const speed = { speedX: (seen.x - motion.x) / seconds, speedY: (seen.y - motion.y) / seconds }
    return { ...seen, ...speed, growth: 0, known: true }
  }
  const place = (from: number, to: number) => from + (unsure ? UNSURE_PLACE_GAIN : PLACE_GAIN) * (to - from)
  const side = (from: number, to: number) => from + (unsure ? UNSURE_SIZE_GAIN : PLACE_GAIN) * (to - from)
  const gain = unsure ? 0 : SPEED_GAIN / Math.max(seconds, LEAST_SPAN) / Math.max(LEAST_SPAN / seconds, 1)
  const growth = (seen.width + seen.height) / (motion.width + motion.height) - 1
  return {
    x: place(expected.x, seen.x),
    y: place(expected.y, seen.y),
    width: side(expected.width, seen.width),
    height: side(expected.height, seen.height),
    speedX: motion.speedX + gain * (seen.x - expected.x),
    speedY: motion.speedY + gain * (seen.y - expected.y),
    growth: unsure
      ? motion.growth
      : motion.growth + GROWTH_GAIN * (growth / Math.max(seconds, LEAST_SPAN) - motion.growth),
    known: true,
  }
}

/** In a picture of another size. */
export function scaled(motion: Motion, factorX: number, factorY: number): Motion {
  return {
    ...motion,
    x: motion.x * factorX,
    y: motion.y * factorY,
    width: motion.width * factorX,
    height: motion.height * factorY,
    speedX: motion.speedX * factorX,
    speedY: motion.speedY * factorY,
  }
}

export function boxOf({ x, y, width, height }: Motion): Edges {
  return { x1: x - width / 2, y1: y - height / 2, x2: x + width / 2, y2: y + height / 2 }
}

/** Pixels a second, over the size of the face. */
export function relativeSpeed({ speedX, speedY, width, height }: Motion): number {
  return Math.max(Math.abs(speedX), Math.abs(speedY)) / Math.max(width, height)
}
