import type { Edges } from '../shared/overlap.ts'
import { OneEuroFilter } from './one-euro.ts'

/** Where a face is: its box, and x of the five landmarks, then their y. */
export interface Shape extends Edges {
  readonly points?: Float64Array | undefined
}

/** Takes the trembling out of a face's box and landmarks. */
export class Smoother {
  readonly #filters: OneEuroFilter[]

  constructor(shape: Shape) {
    this.#filters = numbersOf(shape).map((value) => new OneEuroFilter(value))
  }

  /** @param seconds - Since the shape before; over 0. */
  next(shape: Shape, seconds: number): Shape {
    const unit = Math.max(shape.x2 - shape.x1, shape.y2 - shape.y1)
    const smooth = numbersOf(shape).map((value, n) => this.#filters[n]!.next(value, seconds, unit))
    const [x, y, width, height, ...points] = smooth as [number, number, number, number, ...number[]]
    const box = { x1: x - width / 2, y1: y - height / 2, x2: x + width / 2, y2: y + height / 2 }
    return shape.points ? { ...box, points: Float64Array.from(points) } : box
  }
}

/** Middle and size of the box, then the landmarks: size and place do not tremble together. */
function numbersOf({ x1, y1, x2, y2, points }: Shape): number[] {
  return [(x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1, ...(points ?? [])]
}

/** A shape, moved and stretched as one box has to be to become another. */
export function carried({ points, ...shape }: Shape, from: Edges, to: Edges): Shape {
  const factorX = (to.x2 - to.x1) / (from.x2 - from.x1)
  const factorY = (to.y2 - to.y1) / (from.y2 - from.y1)
  const x = (value: number) => to.x1 + (value - from.x1) * factorX
  const y = (value: number) => to.y1 + (value - from.y1) * factorY
  const box = { x1: x(shape.x1), y1: y(shape.y1), x2: x(shape.x2), y2: y(shape.y2) }
  return points ? { ...box, points: points.map((value, n) => (n < 5 ? x(value) : y(value))) } : box
}
