import { describe, MtcnnError, type MtcnnErrorCode } from '../shared/errors.ts'
import { abortWith, onAbort } from '../shared/on-abort.ts'
import { ConditionTimer } from '../workers/condition-timer.ts'
import { CLOSE_TIMEOUT_MS } from '../workers/schedule.ts'

/** What goes over many images, and what is done about failures. */
export interface DetectAllSetup<Image, Answer> {
  readonly search: (image: Image) => Promise<Answer>
  readonly onError: 'throw' | 'skip' | 'return'
  /** How many images are asked for before the first answer is taken. */
  readonly maxInFlight: number
  /** Of the caller; it stops the loop also while that waits for the next image. */
  readonly signal: AbortSignal | undefined
  /** Aborted when the detector is disposed of, with the error to throw. */
  readonly lifetime: AbortSignal
}

/** An image's answer or error, with its place in what was iterated. */
export type Indexed<Answer> = { index: number; answer: Answer } | { index: number; error: MtcnnError }

/** An image whose search was asked for. */
interface Asked<Answer> {
  readonly index: number
  outcome?: { answer: Answer } | { error: unknown }
}

/** Errors that any other image would meet too. */
const NOT_OF_THE_IMAGE: readonly MtcnnErrorCode[] = ['DISPOSED', 'MISSING_DEPENDENCY', 'UNSUPPORTED_PLATFORM']

/** Searches images as they come; the answers are in the order of the images. */
export async function* searchAll<Image, Answer>(
  images: Iterable<Image> | AsyncIterable<Image>,
  setup: DetectAllSetup<Image, Answer>,
): AsyncGenerator<Indexed<Answer>, void, undefined> {
  const { search, onError, maxInFlight, lifetime } = setup
  const iterator = iteratorOf(images)
  const asked: Asked<Answer>[] = []
  let index = 0
  let reading = false
  /** The iterator has nothing more to give. */
  let over = false
  /** Nobody asks any more. */
  let left = false
  let failure: { error: unknown } | undefined
  let wake = () => {}
  let tooLate = false
  const end = (error?: { error: unknown }) => {
    over = true
    failure = error
  }

  const ask = (image: Image) => {
    const entry: Asked<Answer> = { index: index++ }
    asked.push(entry)
    search(image).then(
      (answer) => {
        entry.outcome = { answer }
        wake()
      },
      (error) => {
        entry.outcome = { error }
        wake()
      },
    )
  }
  const read = async () => {
    reading = true
    try {
      const result = await iterator.next()
      if (typeof result !== 'object' || result === null) {
        throw new MtcnnError(
          'INVALID_IMAGE',
          `the iterator of images must give objects { done, value }; got ${describe(result)}`,
        )
      }
      if (result.done) end()
      else {
        const image = await result.value
        if (!left) ask(image)
      }
    } catch (error) {
      end({ error })
    }
    reading = false
    wake()
  }

  const controller = new AbortController()
  const { signal } = controller
  const releases = [abortWith(controller, setup.signal), onAbort(signal, () => wake()), onAbort(lifetime, () => wake())]
  // The iterator may be about to end, which is no error. One that gives nothing at all must not keep a loop waiting for ever.
  const timer = new ConditionTimer(CLOSE_TIMEOUT_MS, () => {
    tooLate = true
    wake()
  })
  try {
    for (;;) {
      signal.throwIfAborted()
      if (!reading && !over && asked.length < maxInFlight) read()
      const [first] = asked
      if (first?.outcome) {
        asked.shift()
        const item = indexed(first.index, first.outcome, onError)
        if (item) yield item
      } else if (!first && over) {
        if (failure) throw failure.error
        return
      } else if (tooLate) {
        throw lifetime.reason
      } else {
        timer.set(!first && lifetime.aborted)
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    }
  } finally {
    left = true
    timer.set(false)
    for (const release of releases) release()
    if (!over) {
      const closed = (async () => iterator.return?.())()
      // Where the iterator is still waiting for an image, it would close only when that has come.
      if (reading) closed.catch(() => undefined)
      else await closed
    }
  }
}

/** Undefined where the image is to be left out. */
function indexed<Answer>(
  index: number,
  outcome: { answer: Answer } | { error: unknown },
  onError: 'throw' | 'skip' | 'return',
): Indexed<Answer> | undefined {
  if ('answer' in outcome) return { index, answer: outcome.answer }
  const { error } = outcome
  if (onError === 'throw' || !(error instanceof MtcnnError) || NOT_OF_THE_IMAGE.includes(error.code)) throw error
  return onError === 'return' ? { index, error } : undefined
}

function iteratorOf<Image>(images: Iterable<Image> | AsyncIterable<Image>): AsyncIterator<Image> | Iterator<Image> {
  const wanted = "images must be an array or something else to iterate with 'for' or 'for await'"
  // Text and bytes can be iterated too, letter by letter and byte by byte.
  if (typeof images === 'string' || ArrayBuffer.isView(images)) {
    throw new MtcnnError(
      'INVALID_IMAGE',
      `${wanted}; got ${describe(images)}: for a single image use detectFaces(image)`,
    )
  }
  try {
    const given = images as Partial<AsyncIterable<Image> & Iterable<Image>> | null | undefined
    const iterator = given?.[Symbol.asyncIterator]?.() ?? given?.[Symbol.iterator]?.()
    if (typeof iterator?.next === 'function') return iterator
  } catch (cause) {
    throw new MtcnnError('INVALID_IMAGE', `${wanted}; ${describe(images)} could not be iterated`, { cause })
  }
  const hint = typeof images === 'object' && images !== null ? ': for a single image use detectFaces(image)' : ''
  throw new MtcnnError('INVALID_IMAGE', `${wanted}; got ${describe(images)}${hint}`)
}
