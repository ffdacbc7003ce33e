import type { Outcome } from './cascade.ts'
import type { Engine } from './engine.ts'
import { localEngine, shippedKernels, shippedWeights } from './engine.ts'
import { MtcnnError } from './errors.ts'
import type { Face } from './face.ts'
import { toFaces } from './format.ts'
import type { Pixels } from './image.ts'
import {
  type CreateOptions,
  checkRoi,
  type DetectOptions,
  type ResolvedOptions,
  resolveCreateOptions,
  resolveOptions,
} from './options.ts'
import type { Trace } from './trace.ts'
import { parseWeights } from './weights.ts'

/** What differs between browser and Node. */
export interface Platform<Image> {
  /** Checks or decodes what the caller gave; throws MtcnnError. */
  pixels(image: Image): Pixels | Promise<Pixels>
  /** The bytes behind a path or URL; throws MtcnnError. */
  read(source: string | URL): Promise<Uint8Array>
}

/** One answer of {@link Detector.detectAll}. */
export interface IndexedFaces {
  /** Place of the image in what was iterated, from 0. */
  index: number
  faces: Face[]
}

/** The faces of an image, and how they were found. */
export interface Explanation {
  faces: Face[]
  trace: Trace
}

/**
 * Finds faces and their landmarks. Made by `MTCNN.create`.
 *
 * Calls may overlap: they are answered one after another, in the order in which they were made.
 */
export abstract class Detector<Image> {
  readonly #platform: Platform<Image>
  readonly #defaults: ResolvedOptions
  #engine: Engine | undefined
  /** Settles when the call made last is done. */
  #last: Promise<unknown> = Promise.resolve()

  protected constructor(platform: Platform<Image>, engine: Engine, defaults: ResolvedOptions) {
    this.#platform = platform
    this.#engine = engine
    this.#defaults = defaults
  }

  /**
   * Finds the faces in an image, by descending confidence; `[]` where there are none.
   *
   * @param image - Left unchanged; do not write to it before the answer.
   * @param options - For this call; what is not given is as set in `MTCNN.create`.
   * @returns Faces in pixels of the image, not rounded.
   * @throws MtcnnError INVALID_IMAGE, UNSUPPORTED_IMAGE, DECODE_FAILED, MISSING_DEPENDENCY, INVALID_OPTION, OUT_OF_MEMORY
   * or DISPOSED; the reason of `options.signal` where it is aborted.
   * @example const faces = await detector.detectFaces({ data, width, height, channels: 4 })
   */
  async detectFaces(image: Image, options?: DetectOptions): Promise<Face[]> {
    return (await this.#search(image, options, false)).faces
  }

  /**
   * Like {@link detectFaces}, and tells what happened on the way: candidates after every stage, time spent.
   *
   * @example console.table((await detector.explain(image)).trace.levels)
   */
  explain(image: Image, options?: DetectOptions): Promise<Explanation> {
    return this.#search(image, options, true)
  }

  /**
   * Finds the faces in many images, one after another.
   *
   * @param images - Anything that can be iterated with `for` or `for await`; the next is asked for after the answer
   * before it was taken.
   * @throws The same as {@link detectFaces}; what remains of `images` is then not read.
   * @example for await (const { index, faces } of detector.detectAll(files)) console.log(files[index], faces.length)
   */
  async *detectAll(
    images: Iterable<Image> | AsyncIterable<Image>,
    options?: DetectOptions,
  ): AsyncGenerator<IndexedFaces, void, undefined> {
    let index = 0
    for await (const image of images) yield { index: index++, faces: await this.detectFaces(image, options) }
  }

  /** Lets go of the memory. Calls made before are still answered, later ones are refused; calling it again does nothing. */
  dispose(): void {
    const engine = this.#engine
    this.#engine = undefined
    const end = () => engine?.dispose()
    this.#last.then(end, end)
  }

  /** The same as {@link dispose}, for `using`. */
  [Symbol.dispose](): void {
    this.dispose()
  }

  async #search(image: Image, given: DetectOptions | undefined, detailed: boolean): Promise<Explanation> {
    const engine = this.#engine
    if (!engine) throw new MtcnnError('DISPOSED', 'this detector was disposed of: create another one')
    const options = resolveOptions(this.#defaults, given)
    options.signal?.throwIfAborted()
    const job = async (): Promise<Explanation> => {
      options.signal?.throwIfAborted()
      const pixels = await decoded
      checkRoi(options.roi, pixels.width, pixels.height)
      const { detections, trace }: Outcome = await engine.search(pixels, options, detailed)
      return { faces: toFaces(detections, pixels, options), trace }
    }
    // Decoding need not wait for the calls before this one; and whatever comes of it, this call alone is told.
    const decoded = (async () => this.#platform.pixels(image))()
    const answer = this.#last.then(job, job)
    this.#last = answer.catch(() => undefined)
    decoded.catch(() => undefined)
    return options.signal ? raceAbort(answer, options.signal) : answer
  }
}

/** A call that waits its turn is told of an abort at once, not when its turn comes. */
function raceAbort<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

/** What `MTCNN.create` does on either platform: checks the options, loads kernels and weights, starts the engine. */
export async function start<Image>(
  platform: Platform<Image>,
  options: CreateOptions | undefined,
): Promise<{ engine: Engine; defaults: ResolvedOptions }> {
  const { detect, weights } = resolveCreateOptions(options)
  const load = async () => {
    if (weights === undefined) return shippedWeights()
    if (typeof weights === 'string' || weights instanceof URL) return parseWeights(await platform.read(weights))
    return parseWeights(weights instanceof Uint8Array ? weights : new Uint8Array(weights))
  }
  const [kernels, parameters] = await Promise.all([shippedKernels(), load()])
  return { engine: await localEngine(kernels, parameters), defaults: detect }
}
