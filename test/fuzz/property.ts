import { isDeepStrictEqual } from 'node:util'
import type fc from 'fast-check'
import { type AnyFace, MtcnnError } from 'mtcnn-wasm'

/** Something that holds for every case. */
export interface Property<Case> {
  readonly name: string
  readonly cases: fc.Arbitrary<Case>
  /** Throws where it does not hold; says 'unsure' of a case that cannot be told right from wrong. */
  check(one: Case): Promise<unknown>
}

/** Lets the type of the cases be inferred. */
export function property<Case>(
  name: string,
  cases: fc.Arbitrary<Case>,
  check: Property<Case>['check'],
): Property<Case> {
  return { name, cases, check }
}

export function expectSame(what: string, actual: unknown, expected: unknown): void {
  if (isDeepStrictEqual(actual, expected)) return
  throw new Error(`${what} differ:\n  ${JSON.stringify(actual)}\n  ${JSON.stringify(expected)}`)
}

export function expectNone(what: string, flaws: readonly string[]): void {
  if (flaws.length > 0) throw new Error(`${what}: ${flaws.join('; ')}`)
}

/** Longest message that is read and not scrolled past. */
const LONGEST_MESSAGE = 600

/** Fails where an error is not one that this library promises to throw. */
export function expectTyped(error: unknown): asserts error is MtcnnError {
  if (!(error instanceof MtcnnError)) throw new Error('an error of another class', { cause: error })
  if (!/^[A-Z_]+$/.test(error.code)) throw new Error(`an error with the code '${error.code}'`, { cause: error })
  const { length } = error.message
  if (length === 0 || length > LONGEST_MESSAGE) throw new Error(`a message of ${length} characters`, { cause: error })
}

/** What a call came to: its answer, or the error of this library that it was refused with. */
export async function outcomeOf<T>(call: () => T | PromiseLike<T>): Promise<{ answer: T } | { error: MtcnnError }> {
  try {
    return { answer: await call() }
  } catch (error) {
    expectTyped(error)
    return { error }
  }
}

/** Largest distance of two answers in pixels, Infinity where number, confidences or the presence of keypoints differ. */
export function distanceOf(a: readonly AnyFace[], b: readonly AnyFace[]): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY
  let most = 0
  a.forEach((face, n) => {
    const other = b[n]!
    const [mine, theirs] = [numbersOf(face), numbersOf(other)]
    if (face.confidence !== other.confidence || mine.length !== theirs.length) most = Number.POSITIVE_INFINITY
    mine.forEach((value, k) => {
      most = Math.max(most, Math.abs(value - theirs[k]!))
    })
  })
  return most
}

function numbersOf({ box, keypoints }: AnyFace): number[] {
  const points = Object.values(keypoints ?? {}).flatMap(({ x, y }) => [x, y])
  return [box.x, box.y, box.x + box.width, box.y + box.height, ...points]
}
