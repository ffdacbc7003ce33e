import { checkBytes, type Pixels } from '../image/pixels.ts'
import type { ResolvedOptions } from '../options/options.ts'
import { roiIn } from '../options/resolve.ts'
import { MtcnnError } from '../shared/errors.ts'
import type { Engine } from '../workers/engine.ts'
import type { Schedule } from '../workers/schedule.ts'
import type { Platform } from './platform.ts'

/** What a detector works with. */
export interface State<Image> {
  readonly platform: Platform<Image>
  readonly schedule: Schedule
  readonly defaults: ResolvedOptions
  /** Aborted by `dispose`. */
  readonly lifetime: AbortController
}

/** @throws MtcnnError INVALID_OPTION for a method that was taken out of its detector, as in `images.map(detector.detectFaces)`. */
export function stateOf<Image>(detector: { readonly state: () => State<Image> } | undefined): State<Image> {
  const state = detector?.state?.()
  if (state) return state
  const message = 'a method of a detector was called without it: write detector.detectFaces(image)'
  throw new MtcnnError('INVALID_OPTION', message)
}

type Work<T> = (engine: Engine, pixels: Pixels, signal: AbortSignal | undefined) => Promise<T>

/** Reads an image, and has an engine work with it when its turn comes. */
export async function run<Image, Skipped extends null, T>(
  state: State<Image>,
  image: Image,
  options: ResolvedOptions,
  work: Work<T>,
): Promise<T | Skipped> {
  checkAlive(state)
  return perform<Image, Skipped, T>(state, image, options, work)
}

/** The same also once the detector is disposed of, for a call that was made before. */
export async function perform<Image, Skipped extends null, T>(
  { platform, schedule }: State<Image>,
  image: Image,
  options: ResolvedOptions,
  work: Work<T>,
): Promise<T | Skipped> {
  const answer = await schedule.run<T>({
    signal: options.signal,
    prepare: (wanted) => {
      const checked = (pixels: Pixels) => {
        // Told before the image's turn comes.
        roiIn(options.roi, pixels.width, pixels.height)
        return pixels
      }
      const failed = (cause: unknown): never => {
        if (cause instanceof MtcnnError || wanted.signal.aborted) throw cause
        throw new MtcnnError('INVALID_IMAGE', `the image could not be read: ${cause}`, { cause })
      }
      try {
        const reading = {
          ...options,
          get signal() {
            return wanted.signal
          },
        }
        const pixels = platform.pixels(image, reading)
        return 'then' in pixels ? pixels.then(checked).catch(failed) : checked(pixels)
      } catch (error) {
        return failed(error)
      }
    },
    work: async (engine, pixels, signal) => {
      checkBytes(pixels)
      return work(engine, pixels, signal)
    },
  })
  // Null, with the policy that skips, and with no other.
  return answer as T | Skipped
}

/** @throws MtcnnError DISPOSED */
export function checkAlive({ lifetime }: Pick<State<unknown>, 'lifetime'>): void {
  if (lifetime.signal.aborted) throw disposed()
}

export function disposed(): MtcnnError {
  return new MtcnnError('DISPOSED', 'this detector was disposed of: create another one')
}
