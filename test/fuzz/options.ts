/**
 * Options by chance, and what they may cost.
 */
import fc from 'fast-check'
import type { DetectOptions } from 'mtcnn-wasm'
import type { Preset } from './detectors.ts'

const share = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1, 0.5, 0.6, 0.7))
const some = { requiredKeys: [] as never[] }

/** Valid options of a search, any of them missing. */
export const searchOptions: fc.Arbitrary<DetectOptions> = fc.record(
  {
    minFaceSize: fc.oneof(fc.integer({ min: 1, max: 60 }), fc.double({ min: 1, max: 500, noNaN: true })),
    scaleFactor: fc.oneof(fc.double({ min: 0.1, max: 0.99, noNaN: true }), fc.constantFrom(0.1, 0.5, 0.709, 0.99)),
    thresholds: fc.record({ proposal: share, refine: share, output: share }, some),
    nms: fc.record({ level: share, pyramid: share, refine: share, output: share }, some),
    maxFaces: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.constant(Number.POSITIVE_INFINITY)),
    stages: fc.constantFrom('full', 'boxes'),
    patches: fc.constantFrom('area', 'bicubic', 'subpixel'),
    flip: fc.boolean(),
    passes: fc.constantFrom(1, 2),
    confidence: fc.constantFrom('output', 'consensus'),
    rotate: fc.oneof(fc.boolean(), fc.subarray([0, 90, 180, 270] as const, { minLength: 1 })),
    pad: fc.oneof(fc.double({ min: 0, max: 0.3, noNaN: true }), fc.constantFrom(0, 1)),
    clip: fc.boolean(),
  },
  some,
)

/** Pixels of all levels together: at usual thresholds, and where nearly everything is let through to slower nets. */
const BUDGET = { usual: 150_000, low: 4_000 }

/**
 * The options with faces looked for only from such a size on that a search takes no more than some tens of milliseconds.
 *
 * @param preset - What the options are laid over.
 */
export function affordable(
  { width, height }: { width: number; height: number },
  options: DetectOptions,
  preset: Preset = 'classic',
): DetectOptions {
  const proposal = options.thresholds?.proposal ?? 0.6
  const scaleFactor = options.scaleFactor ?? (preset === 'fast' ? 0.6 : 0.709)
  const usual = { classic: 20, accurate: 10, balanced: 20, fast: 40 }[preset]
  const budget = proposal < 0.5 ? BUDGET.low : BUDGET.usual
  // Pixels of all levels: those of the first, 12 / minFaceSize the size of the image, over 1 - scaleFactor squared.
  const least = 12 * Math.sqrt((width * height) / (budget * (1 - scaleFactor ** 2)))
  return { ...options, minFaceSize: Math.max(options.minFaceSize ?? usual, least) }
}
