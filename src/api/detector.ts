import type { KernelChoice } from '../assets/kernels.ts'
import type { Outcome } from '../cascade/search.ts'
import { checkBytes } from '../image/pixels.ts'
import type { DetectOptions, ExplainOptions, PoolPolicy, ResolvedOptions } from '../options/options.ts'
import { checkRoi, resolveExplainOptions, resolveOptions } from '../options/resolve.ts'
import { describe, MtcnnError } from '../shared/errors.ts'
import type { AnyFace, Face, FaceOf, Faces, Stages } from '../shared/face.ts'
import type { Detail, Trace } from '../shared/trace.ts'
import type { Schedule } from '../workers/schedule.ts'
import type { Setup } from './create.ts'
import { toFaces } from './format.ts'
import type { Platform } from './platform.ts'

/** One answer of {@link Detector.detectAll}. */
export interface IndexedFaces<F extends AnyFace = Face, Skipped extends null = never> {
  /** Place of the image in what was iterated, from 0. */
  index: number
  faces: Faces<F> | Skipped
}

/** The faces of an image, and how they were found. */
export interface Explanation<F extends AnyFace = Face> {
  faces: Faces<F>
  /** Size of the image, pixels. */
  width: number
  height: number
  trace: Trace
}

/** What a detector runs on. */
export interface DetectorInfo extends KernelChoice {
  /** Whether it works in a worker, not in the thread that calls. */
  readonly worker: boolean
}

/**
 * Finds faces and their landmarks. Made by `MTCNN.create` and `MTCNNPool.create`.
 *
 * Calls may overlap: they are begun in the order in which they were made.
 */
export abstract class Detector<Image, Skipped extends null = never, out S extends Stages = 'full'> {
  /** Which kernels run and why, and where. */
  readonly info: DetectorInfo
  readonly #platform: Platform<Image>
  readonly #schedule: Schedule
  readonly #defaults: ResolvedOptions
  #disposed = false

  protected constructor({ platform, schedule, defaults, worker, choice }: Setup<Image>) {
    this.#platform = platform
    this.#schedule = schedule
    this.#defaults = defaults
    this.info = { ...choice, worker }
  }

  /** Calls whose turn has not come yet. */
  get waiting(): number {
    return this.#schedule.waiting
  }

  /**
   * Finds the faces in an image, by descending confidence; `[]` where there are none.
   *
   * @param image - Left unchanged; do not write to it before the answer.
   * @param options - For this call; what is not given is as set in `create`.
   * @returns Faces in pixels of the image, not rounded; the array's `imageWidth` and `imageHeight` say its size.
   * @throws MtcnnError INVALID_IMAGE, UNSUPPORTED_IMAGE, DECODE_FAILED, MISSING_DEPENDENCY, INVALID_OPTION, OUT_OF_MEMORY,
   * WORKER_FAILED or DISPOSED; the reason of `options.signal` where it is aborted.
   * @example const faces = await detector.detectFaces({ data, width, height, channels: 4 })
   */
  async detectFaces<T extends Stages = S>(
    image: Image,
    options?: DetectOptions<T>,
  ): Promise<Faces<FaceOf<T>> | Skipped> {
    const answer = await this.#search<T>(image, resolveOptions(this.#defaults, options), 'counts')
    return answer === null ? answer : answer.faces
  }

  /**
   * Like {@link detectFaces}, and tells what happened on the way: candidates after every stage, time spent.
   *
   * @example console.table((await detector.explain(image)).trace.levels)
   */
  async explain<T extends Stages = S>(
    image: Image,
    options?: ExplainOptions<T>,
  ): Promise<Explanation<FaceOf<T>> | Skipped> {
    const { detect, scores } = resolveExplainOptions(this.#defaults, options)
    return this.#search<T>(image, detect, scores ? 'scores' : 'candidates')
  }

  /**
   * Finds the faces in many images; the answers come in the order of the images.
   *
   * @param images - Anything that can be iterated with `for` or `for await`. The next is asked for when there is room for it:
   * for a detector when the answer before it was taken, for a pool when one of its places is free.
   * @throws The same as {@link detectFaces}; what remains of `images` is then not read.
   * @example for await (const { index, faces } of detector.detectAll(files)) console.log(files[index], faces.length)
   */
  async *detectAll<T extends Stages = S>(
    images: Iterable<Image> | AsyncIterable<Image>,
    options?: DetectOptions<T>,
  ): AsyncGenerator<IndexedFaces<FaceOf<T>, Skipped>, void, undefined> {
    const iterator = iteratorOf(images)
    const asked: Promise<Faces<FaceOf<T>> | Skipped>[] = []
    let reading: Promise<{ image?: Image }> | undefined
    let over = false
    const ask = (answer: Promise<Faces<FaceOf<T>> | Skipped>) => {
      // Told when its turn comes, not as an unhandled rejection before.
      answer.catch(ignore)
      asked.push(answer)
    }
    const read = async () => {
      try {
        const { done, value } = await iterator.next()
        if (!done) return { image: await value }
      } catch (error) {
        ask(Promise.reject(error))
      }
      over = true
      return {}
    }
    try {
      for (let index = 0; ; ) {
        if (!over && asked.length < this.#schedule.maxInFlight) reading ??= read()
        if (reading) {
          // An answer is not kept waiting for the next image.
          const next = await Promise.race([reading, ...asked.slice(0, 1).map((first) => first.then(ignore, ignore))])
          if (next) {
            reading = undefined
            if (!over) ask(this.detectFaces<T>(next.image as Image, options))
            continue
          }
        }
        if (asked.length === 0) break
        yield { index: index++, faces: await asked.shift()! }
      }
    } finally {
      if (!over) {
        const closed = (async () => iterator.return?.())()
        // One that waits for an image which never comes is left to wait.
        if (reading) closed.catch(ignore)
        else await closed
      }
    }
  }

  /** Lets go of memory and workers. Calls made before are still answered, later ones are refused; calling it again does nothing. */
  dispose(): void {
    this.#disposed = true
    this.#schedule.close()
  }

  /** The same as {@link dispose}, for `using`. */
  [Symbol.dispose](): void {
    this.dispose()
  }

  async #search<T extends Stages>(
    image: Image,
    options: ResolvedOptions,
    detail: Detail,
  ): Promise<Explanation<FaceOf<T>> | Skipped> {
    if (this.#disposed) throw new MtcnnError('DISPOSED', 'this detector was disposed of: create another one')
    options.signal?.throwIfAborted()
    const answer = await this.#schedule.run<Explanation<FaceOf<T>>>({
      signal: options.signal,
      prepare: async () => {
        const pixels = await this.#platform.pixels(image, options)
        checkRoi(options.roi, pixels.width, pixels.height)
        return pixels
      },
      work: async (engine, pixels) => {
        checkBytes(pixels)
        const { width, height } = pixels
        const { detections, trace }: Outcome = await engine.search(pixels, options, detail)
        const faces = toFaces(detections, { width, height }, options) as Faces<FaceOf<T>>
        return { faces, width, height, trace }
      },
    })
    // Null, with the policy that skips, and with no other.
    return answer as Explanation<FaceOf<T>> | Skipped
  }
}

function ignore(): void {}

function iteratorOf<Image>(images: Iterable<Image> | AsyncIterable<Image>): AsyncIterator<Image> | Iterator<Image> {
  // Text can be iterated too, letter by letter.
  const given = (typeof images === 'string' ? undefined : images) as Partial<AsyncIterable<Image> & Iterable<Image>>
  const iterator = given?.[Symbol.asyncIterator]?.() ?? given?.[Symbol.iterator]?.()
  if (iterator) return iterator
  throw new MtcnnError('INVALID_IMAGE', `images must be iterable; got ${describe(images)}`)
}

/** What a pool of this policy answers for images that it skips: null with `'latest'`; the others skip none. */
export type SkippedBy<P extends PoolPolicy> = P extends 'latest' ? null : never

/** Several detectors in workers behind one. Made by `MTCNNPool.create`. */
export abstract class DetectorPool<Image, Skipped extends null = never, out S extends Stages = 'full'> extends Detector<
  Image,
  Skipped,
  S
> {
  /** How many workers. */
  readonly size: number

  protected constructor(setup: Setup<Image> & { size: number }) {
    super(setup)
    this.size = setup.size
  }
}
