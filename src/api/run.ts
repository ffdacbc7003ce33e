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

/** Reads an image, and has an engine work with it when its turn comes. */
export async function run<Image, Skipped extends null, T>(
  { platform, schedule, lifetime }: State<Image>,
  image: Image,
  options: ResolvedOptions,
  work: (engine: Engine, pixels: Pixels, signal: AbortSignal | undefined) => Promise<T>,
): Promise<T | Skipped> {
  if (lifetime.signal.aborted) throw disposed()
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

export function disposed(): MtcnnError {
  return new MtcnnError('DISPOSED', 'this detector was disposed of: create another one')
}
