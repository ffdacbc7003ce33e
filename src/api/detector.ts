import type { KernelChoice } from '../assets/kernels.ts'
import { checkFaces } from '../faces/check-faces.ts'
import type { Crop } from '../faces/crops.ts'
import type { LiveFrame, LiveSource } from '../image/frame-source.ts'
import type { Pixels } from '../image/pixels.ts'
import type { CropFacesOptions, CropOutput, ExtractOptions } from '../options/crop.ts'
import type {
  DetectAllOptions,
  DetectOptions,
  ExplainOptions,
  PoolPolicy,
  ResolvedOptions,
} from '../options/options.ts'
import { resolveDetectAllOptions, resolveExplainOptions, resolveOptions, roiIn } from '../options/resolve.ts'
import { resolveTrackOptions, type TrackOptions } from '../options/track.ts'
import { bound } from '../shared/bound.ts'
import { MtcnnError } from '../shared/errors.ts'
import type { AnyFace, Face, FaceOf, Faces, Stages } from '../shared/face.ts'
import type { Detail, Trace } from '../shared/trace.ts'
import type { TrackedFaceOf } from '../shared/tracked-face.ts'
import type { Engine } from '../workers/engine.ts'
import { Schedule } from '../workers/schedule.ts'
import type { Setup } from './create.ts'
import { searchAll } from './detect-all.ts'
import { toFaces } from './format.ts'
import { disposed, run, type State, stateOf } from './run.ts'
import type { StreamedFaces } from './stream.ts'
import { trackFaces } from './track.ts'
import { Tracker } from './tracker.ts'
import { Using } from './using.ts'

/** One answer of {@link Detector.detectAll}. */
export interface IndexedFaces<F extends AnyFace = Face, Skipped extends null = never> {
  /** Place of the image in what was iterated, from 0. */
  index: number
  faces: Faces<F> | Skipped
  error?: undefined
}

/** What {@link Detector.detectAll} gives with `onError: 'return'` for an image that could not be read or searched. */
export interface FailedImage {
  /** Place of the image in what was iterated, from 0. */
  index: number
  error: MtcnnError
  faces?: undefined
}

/** The faces of an image, and how they were found. */
export interface Explanation<F extends AnyFace = Face> {
  faces: Faces<F>
  /** Size of the image, pixels. */
  width: number
  height: number
  trace: Trace
}

/** The faces of an image, cut out of it. */
export interface ExtractedFaces<F extends AnyFace = Face, O extends CropOutput = 'rgba'> {
  faces: Faces<F>
  /** One for each face, in the same order. */
  crops: Crop<O>[]
}

/** What a detector runs on. */
export interface DetectorInfo extends KernelChoice {
  /** Whether it works in a worker, not in the thread that calls. */
  readonly worker: boolean
  /** How many workers search one image together; 1 where it does not work in a worker. */
  readonly threads: number
  /** How the weights were stored: in single or in half precision. */
  readonly weights: 'f32' | 'f16'
}

/**
 * Finds faces and their landmarks. Made by `MTCNN.create` and `MTCNNPool.create`.
 *
 * Calls may overlap. They are begun in the order in which they were made; but one whose image is still being read does not hold
 * up those whose pixels are there. How many calls wait is not limited, and each holds its image: a program that makes calls
 * faster than they are answered waits for `waiting` to fall, or uses {@link detectAll}, which asks for images one by one.
 */
export abstract class Detector<Image, Skipped extends null = never, out S extends Stages = 'full'> extends Using {
  /** Which kernels run and why, and where. */
  readonly info: DetectorInfo
  /**
   * What the detector works with. Not in private fields, which no proxy of a state library has. Behind a function, since such
   * libraries wrap objects, but no functions; and `structuredClone` refuses what holds one.
   *
   * @internal
   */
  readonly state: () => State<Image>

  protected constructor(setup: never)
  /** @internal: the types of the package end here. */
  protected constructor(setup: Setup<Image>, name?: string)
  protected constructor(setup: Setup<Image>, name = 'MTCNN') {
    super()
    // A detector takes time to make, which a constructor cannot.
    if (!((setup as Partial<Setup<Image>> | undefined)?.schedule instanceof Schedule)) {
      const message = `a detector cannot be made with 'new ${name}()': use 'await ${name}.create(options)'`
      throw new MtcnnError('INVALID_OPTION', message)
    }
    const { platform, schedule, defaults, worker, threads, weights, choice } = setup
    const state = { platform, schedule, defaults, lifetime: new AbortController() }
    this.info = { ...choice, worker, threads, weights }
    // Its text is in the error with which V8 refuses to clone it.
    const [access] = Object.values({
      'a detector cannot be copied: use it in the thread that made it'() {
        return state
      },
    })
    this.state = access!
  }

  /** As objects of the platform have one: what has a tag of its own, Vue leaves as it is. */
  get [Symbol.toStringTag](): string {
    return 'Detector'
  }

  /** How many calls wait: their images are not read yet, are being read, or are ready to be searched. Calls are not limited. */
  get waiting(): number {
    return stateOf(this).schedule.waiting
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
    const state = stateOf<Image>(this)
    return facesOf(await search<Image, Skipped, T>(state, image, resolveOptions(state.defaults, options), 'counts'))
  }

  /**
   * Finds the faces in an image and cuts them out, upright and of one size: ready for face recognition.
   *
   * @param options - As for {@link detectFaces}; and how to cut: see `CropOptions`.
   * @throws The same as {@link detectFaces}.
   * @example const { faces, crops } = await detector.extractFaces('team.jpg', { align: 'arcface', size: 112 })
   */
  async extractFaces<T extends Stages = S, O extends CropOutput = 'rgba'>(
    image: Image,
    options?: ExtractOptions<T, O>,
  ): Promise<ExtractedFaces<FaceOf<T>, O> | Skipped> {
    const state = stateOf(this)
    const { resolveExtractOptions, planCrops } = await state.platform.cropping()
    const { detect, crop } = resolveExtractOptions<O>(state.defaults, options)
    return run<Image, Skipped, ExtractedFaces<FaceOf<T>, O>>(state, image, detect, async (engine, pixels, signal) => {
      const { faces } = await searchWith<T>(engine, pixels, { ...detect, signal }, 'counts', true)
      const plan = planCrops(faces, crop)
      const floats = await engine.warp(pixels, { signal, transfer: detect.transfer }, plan.requests)
      return { faces, crops: plan.cropsOf(floats) }
    })
  }

  /**
   * Cuts faces that were found before out of their image, as {@link extractFaces} does. No search is made.
   *
   * @param faces - As `detectFaces` gives them, in pixels of this image.
   * @param options - How to cut: see `CropOptions`.
   * @returns A crop for each face, in the order of the faces.
   * @throws The same as {@link detectFaces}; INVALID_OPTION for what is not an array of faces, and for a face that cannot be
   * cut out.
   * @example const [crop] = await detector.cropFaces(image, selectFaces(faces, 'largest'), { align: 'none', margin: 0.2 })
   */
  async cropFaces<O extends CropOutput = 'rgba'>(
    image: Image,
    faces: readonly AnyFace[],
    options?: CropFacesOptions<O>,
  ): Promise<Crop<O>[] | Skipped> {
    const state = stateOf(this)
    checkFaces(faces, 'cropFaces')
    const { resolveCropFacesOptions, planCrops } = await state.platform.cropping()
    const { detect, crop } = resolveCropFacesOptions<O>(state.defaults, options)
    const plan = planCrops(faces, crop)
    return run<Image, Skipped, Crop<O>[]>(state, image, detect, async (engine, pixels, signal) => {
      return plan.cropsOf(await engine.warp(pixels, { signal, transfer: detect.transfer }, plan.requests))
    })
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
    const state = stateOf<Image>(this)
    const { detect, scores } = resolveExplainOptions(state.defaults, options)
    return search<Image, Skipped, T>(state, image, detect, scores ? 'scores' : 'candidates')
  }

  /**
   * Finds the faces in many images; the answers come in the order of the images.
   *
   * @param images - Anything that can be iterated with `for` or `for await`. The next image is asked for when there is room for it:
   * for a detector when the answer before it was taken, for a pool when fewer than `size + queueLimit` are on their way.
   * @param options - As for {@link detectFaces}; and `onError`: what to do about an image that fails.
   * @throws The same as {@link detectFaces}; what remains of `images` is then not read. Options or `images` that are wrong throw
   * when the iteration begins, before an image is read and whatever `onError` says.
   * @example for await (const { index, faces } of detector.detectAll(files)) console.log(files[index], faces.length)
   */
  detectAll<T extends Stages = S>(
    images: Iterable<Image> | AsyncIterable<Image>,
    options?: DetectAllOptions<T> & { onError?: 'throw' | 'skip' },
  ): AsyncGenerator<IndexedFaces<FaceOf<T>, Skipped>, void, undefined>
  detectAll<T extends Stages = S>(
    images: Iterable<Image> | AsyncIterable<Image>,
    options?: DetectAllOptions<T>,
  ): AsyncGenerator<IndexedFaces<FaceOf<T>, Skipped> | FailedImage, void, undefined>
  detectAll<T extends Stages = S>(
    images: Iterable<Image> | AsyncIterable<Image>,
    options?: DetectAllOptions<T>,
  ): AsyncGenerator<IndexedFaces<FaceOf<T>, Skipped> | FailedImage, void, undefined> {
    return bound(detectAll<Image, Skipped, T>(stateOf(this), images, options))
  }

  /**
   * Finds the faces in a video and follows them: each has a number, its `id`, that stays from frame to frame. Takes a small part of
   * the time that a search of every frame would take.
   *
   * Of a video element, a track of a camera or of a canvas, a MediaStream and a ReadableStream it takes the newest frame; those that
   * pass while it works are dropped. Of anything else that can be iterated with `for` or `for await` it takes every image.
   *
   * Ends when the source ends, with `break`, and when `options.signal` is aborted, which is no error here. A video element is waited
   * for while it is paused.
   *
   * @param source - Opened when the first frame is asked for; a wrong source is a rejection then. Frames are closed when the next
   * one is asked for, but for those of an array or another iterable that is not asynchronous.
   * @param options - As for {@link detectFaces}; and how faces are followed.
   * @throws MtcnnError UNSUPPORTED_IMAGE for other sources; otherwise as {@link detectFaces}.
   * @example for await (const { faces, frame } of detector.track(video)) draw(frame, faces)
   */
  track<T extends Stages = S>(
    source: LiveSource,
    options?: TrackOptions<T>,
  ): AsyncGenerator<StreamedFaces<LiveFrame, TrackedFaceOf<T>>, void, undefined>
  track<Frame extends Image, T extends Stages = S>(
    source: Iterable<Frame | Promise<Frame>> | AsyncIterable<Frame>,
    options?: TrackOptions<T>,
  ): AsyncGenerator<StreamedFaces<Frame, TrackedFaceOf<T>>, void, undefined>
  track<Frame extends Image, T extends Stages = S>(
    source: unknown,
    options?: TrackOptions<T>,
  ): AsyncGenerator<StreamedFaces<Frame, TrackedFaceOf<T>>, void, undefined> {
    return bound(trackFaces<Image, Frame, T>(stateOf(this), source, options))
  }

  /**
   * Makes what follows the faces of one video, for loops of your own: `track` without the loop.
   *
   * @param options - As for {@link track}.
   * @throws MtcnnError INVALID_OPTION
   * @example
   * const tracker = detector.tracker({ keep: 10 })
   * const faces = await tracker.next(frame)
   */
  tracker<T extends Stages = S>(options?: TrackOptions<T>): Tracker<Image, Skipped, T> {
    const state = stateOf<Image>(this)
    return new Tracker<Image, Skipped, T>(state, resolveTrackOptions(state.defaults, options))
  }

  /**
   * Frees memory and workers. Calls made before are still answered, later ones are refused. An image that has not been read 5
   * seconds after everything else is done counts as one that never comes: its call rejects with DISPOSED. `using` calls
   * this at the end of the block.
   */
  dispose(): void {
    const { lifetime, schedule } = stateOf(this)
    lifetime.abort(disposed())
    schedule.close()
  }
}

async function* detectAll<Image, Skipped extends null, T extends Stages>(
  state: State<Image>,
  images: Iterable<Image> | AsyncIterable<Image>,
  options: DetectAllOptions<T> | undefined,
): AsyncGenerator<IndexedFaces<FaceOf<T>, Skipped> | FailedImage, void, undefined> {
  const { detect, onError } = resolveDetectAllOptions(state.defaults, options)
  const answers = searchAll(images, {
    search: (image: Image) => search<Image, Skipped, T>(state, image, detect, 'counts'),
    onError,
    maxInFlight: state.schedule.maxInFlight,
    signal: detect.signal,
    lifetime: state.lifetime.signal,
  })
  for await (const item of answers) {
    if ('error' in item) yield item
    else yield { index: item.index, faces: facesOf(item.answer) }
  }
}

function search<Image, Skipped extends null, T extends Stages>(
  state: State<Image>,
  image: Image,
  options: ResolvedOptions,
  detail: Detail,
): Promise<Explanation<FaceOf<T>> | Skipped> {
  return run<Image, Skipped, Explanation<FaceOf<T>>>(state, image, options, (engine, pixels, signal) => {
    return searchWith<T>(engine, pixels, { ...options, signal }, detail)
  })
}

/** @param keep - Whether the engine is asked for crops of these pixels next. */
async function searchWith<T extends Stages>(
  engine: Engine,
  pixels: Pixels,
  options: ResolvedOptions,
  detail: Detail,
  keep?: boolean,
): Promise<Explanation<FaceOf<T>>> {
  const { width, height } = pixels
  const inside = { ...options, roi: roiIn(options.roi, width, height) }
  const { detections, trace } = await engine.search(pixels, inside, detail, keep)
  const faces = toFaces(detections, { width, height }, inside) as Faces<FaceOf<T>>
  return { faces, width, height, trace }
}

/** Null stays null: the image was skipped. */
function facesOf<F extends AnyFace, Skipped extends null>(answer: Explanation<F> | Skipped): Faces<F> | Skipped {
  return answer === null ? answer : answer.faces
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

  protected constructor(setup: never)
  /** @internal: the types of the package end here. */
  protected constructor(setup: Setup<Image> & { size: number })
  protected constructor(setup: Setup<Image> & { size: number }) {
    super(setup, 'MTCNNPool')
    this.size = setup.size
  }
}
