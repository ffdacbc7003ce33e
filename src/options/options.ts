import type { Box, Stages } from '../shared/face.ts'
import type { CompiledModule, Global } from '../shared/global.ts'
import type { Turn } from '../shared/turn.ts'

/** Kernels given by the caller: compiled, as bytes, or the path or URL of their file. */
export type ModuleSource = CompiledModule | Uint8Array | ArrayBuffer | string | Global<'URL'>

/**
 * A rectangle of the image to search, in pixels of the image. It may have fractions and reach out of the image: every
 * pixel of the image that it touches is searched. So a face's box will do.
 */
export type Roi = Box

/** Scores below which a candidate is dropped, one per net; each from 0 to 1. */
export interface Thresholds {
  /** P-Net; default 0.6. */
  proposal: number
  /** R-Net; default 0.7. */
  refine: number
  /** O-Net; default 0.7. */
  output: number
}

/** Overlaps above which the weaker of two boxes is dropped; each from 0 to 1. */
export interface NmsThresholds {
  /** Among the proposals of one pyramid level, by union; default 0.5. */
  level: number
  /** Among the proposals of all levels, by union; default 0.7. */
  pyramid: number
  /** After R-Net, by union; default 0.7. */
  refine: number
  /** After O-Net, by the smaller area; default 0.7. */
  output: number
}

/** What may be set for one call. Set in `MTCNN.create`, it is the default of all calls. */
export interface DetectOptions<S extends Stages = Stages> {
  /** Side of the smallest face looked for, in pixels of the image; at least 1, default 20. Under 12 the image is enlarged. */
  minFaceSize?: number
  /**
   * Size of one pyramid level relative to the level before it; 0.1 to 0.99, default 0.709. A larger factor makes more levels,
   * which take more time, and more memory, since all of them are in memory at once.
   */
  scaleFactor?: number
  /** Score thresholds; those not given keep their value. */
  thresholds?: Partial<Thresholds>
  /** Overlap thresholds; those not given keep their value. */
  nms?: Partial<NmsThresholds>
  /** Return only this many faces, the most confident ones; a whole number from 1, default Infinity. */
  maxFaces?: number
  /** `'full'` (default) runs all three nets, `'boxes'` stops after R-Net: faster, looser boxes, no keypoints. */
  stages?: S
  /**
   * How the patches for R-Net and O-Net are cut out and resized. `'area'` (default): boxes in whole pixels, resized as by
   * OpenCV's INTER_AREA, which is what the reference does. `'bicubic'`: boxes in whole pixels, resized by cubic convolution
   * where they are enlarged and by a triangle filter where they are reduced. `'subpixel'`: as `'bicubic'`, with boxes that
   * are not rounded; the boxes of the answer then reach from edge to edge of their pixels.
   */
  patches?: 'area' | 'bicubic' | 'subpixel'
  /** Run O-Net on every patch and on the patch flipped left to right, and take the mean; default false. Twice O-Net's time. */
  flip?: boolean
  /** How often O-Net runs; default 1. With 2 it runs again on the boxes it gave, and the mean of both answers is taken. */
  passes?: 1 | 2
  /**
   * What the confidence of a face is. `'output'` (default): O-Net's score, as in the reference; with two passes the product
   * of both. `'consensus'`: how likely it is a face by all that R-Net and O-Net said, and by how many boxes lie about it; with
   * the preset `'accurate'`, of the faces of confidence 0.9 on photographs nine in ten are right; `'balanced'` and `'fast'`, which
   * see fewer boxes, are cautious: more are right than it says. It ranks better; it takes
   * some percent more time. `thresholds.output` is compared with it. Of no effect with `stages: 'boxes'`.
   */
  confidence?: 'output' | 'consensus'
  /**
   * Look for faces that are turned in the plane of the image, too: a list of turns in degrees, clockwise as one sees it. 90
   * stands for faces whose head points to the right, 180 for those upside down; each finds faces turned by up to some 45
   * degrees more or less. `true` is `[0, 90, 180, 270]`; default false, which is `[0]`. Each turn is a search of its own and
   * takes as much time. Where two turns find the same face, the one in which it stands upright is right; `face.roll` tells how
   * far it is turned.
   */
  rotate?: boolean | readonly Turn[]
  /**
   * Width of a grey border that is searched with the image, or with the `roi`, for faces that fill it or are cut by its edge;
   * as a share of the shorter side, from 0 to 1, default 0.
   */
  pad?: number
  /** Cut boxes at all four edges of the image; default true. */
  clip?: boolean
  /**
   * Search this rectangle only; default null, the whole image. Results stay in pixels of the image. It may have fractions
   * and reach out of the image; one that does not touch the image is INVALID_OPTION.
   */
  roi?: Roi | null
  /** Aborts the call: it rejects with the signal's reason at once, and the work for it stops. Null is the same as none. */
  signal?: Global<'AbortSignal'> | null
  /**
   * Hand the buffer of raw pixels over to the worker instead of copying it: your array, and all others on its buffer, are
   * empty afterwards. Default false. Of no effect without a worker, and on buffers that cannot be handed over.
   */
  transfer?: boolean
  /**
   * Refuse image files that are damaged, with DECODE_FAILED. Default false: they are searched as a viewer shows them, and what
   * is missing of a truncated file is blank.
   */
  strict?: boolean
  /**
   * The most pixels an image file may have, width times height; a whole number from 1 or Infinity, default 100 million.
   * A larger one is refused before it is decoded, with IMAGE_TOO_LARGE. Raw pixels are not limited: they are in memory already.
   */
  maxPixels?: number
  /**
   * The most bytes an image file may have, or what is read from an address or a stream; a whole number from 1 or Infinity,
   * default 256 MiB (268,435,456). A larger one is refused before it is decoded, with IMAGE_TOO_LARGE.
   */
  maxBytes?: number
}

/** What may be set for one call of `explain`. */
export interface ExplainOptions<S extends Stages = Stages> extends DetectOptions<S> {
  /**
   * Tell the score of every P-Net cell, the one that decided; takes some 260 bytes of memory for a cell of the largest level.
   * Default false.
   */
  scores?: boolean
}

/** What may be set for a call of `detectAll`. */
export interface DetectAllOptions<S extends Stages = Stages> extends DetectOptions<S> {
  /**
   * What to do about an image that cannot be read or searched. `'throw'` (default): end with its error. `'skip'`: leave it out,
   * the `index` of the next answer tells. `'return'`: answer `{ index, error }` for it and go on. An abort, an error of what is
   * iterated, and errors that have nothing to do with the image (DISPOSED, MISSING_DEPENDENCY, UNSUPPORTED_PLATFORM) always throw.
   */
  onError?: 'throw' | 'skip' | 'return'
}

/** A set of values for all options, by its name. */
export type Preset = 'classic' | 'accurate' | 'balanced' | 'fast'

/** What `MTCNN.create` takes. */
export interface CreateOptions<S extends Stages = Stages> extends DetectOptions<S> {
  /** Aborts `create`: it rejects with the signal's reason. Calls of the detector are not bound to it: give each its own. */
  signal?: Global<'AbortSignal'> | null
  /**
   * The values of all options that are not given. `'classic'` (default): those of the Python package `mtcnn` 0.1.1.
   * `'accurate'`: finds more and smaller faces, and places them better, but takes several times as long.
   * `'balanced'`: as accurate, for faces of 20 pixels and more, in less than twice the time of classic. `'fast'`: takes the least
   * time, for faces of 40 pixels and more.
   */
  preset?: Preset
  /**
   * `'f32'` (default): the weights of the reference. `'f16'`: the same in half precision: half the download, and results
   * that differ a little (weights/README.md). Or other weights: the bytes of a weight container, or its path or URL.
   */
  weights?: 'f32' | 'f16' | Uint8Array | ArrayBuffer | string | Global<'URL'>
  /**
   * Kernels to use in place of those embedded: this version's `mtcnn.wasm` or `mtcnn.relaxed.wasm`, compiled, as bytes, or
   * its path or URL.
   */
  module?: ModuleSource
  /**
   * Where to work: `true` in a worker, and an error where none starts; `false` in the thread that calls; `'auto'` in a
   * worker where one starts, else in the thread that calls. Default `'auto'` in browsers, `false` in Node.
   */
  worker?: boolean | 'auto'
  /**
   * How many workers search one image together, with the same bits as one; a whole number from 1 to 64, default 1. `'auto'`: one
   * fewer than there are processors, at least 1 and at most 8. With more than one the work is never done in the thread that calls:
   * `worker: false` is then INVALID_OPTION. Small images take fewer. `detector.info.threads` says how many there are.
   */
  threads?: number | 'auto'
  /**
   * `'exact'` (default): the same bits on every engine. `'fast'`: fused multiply-adds (relaxed SIMD) where the engine has
   * them; results may then differ in their last bits from engine to engine.
   */
  precision?: 'exact' | 'fast'
  /**
   * How many waiting images are read and decoded in advance and held in memory; a whole number from 0, default 2. The calls
   * beyond wait with their images as they are: how many they may be is not limited. `detectAll` makes no more than it needs.
   */
  queueLimit?: number
}

/** What the slim entry needs, since it embeds neither kernels nor weights. */
export interface SlimAssets {
  /** This version's `mtcnn.wasm` or `mtcnn.relaxed.wasm`: compiled, as bytes, or its path or URL. */
  module: ModuleSource
  /** A weight container, such as the package's `weights/mtcnn-f32.bin`: its bytes, or its path or URL. */
  weights: Uint8Array | ArrayBuffer | string | Global<'URL'>
}

/** Options of the slim entry: kernels and weights must be given. There is no `precision`: the kernels given decide it. */
export type SlimOptions<Options extends CreateOptions> = Omit<Options, 'precision' | keyof SlimAssets> & SlimAssets

/** What a pool does with images that come faster than it works. */
export type PoolPolicy = 'queue' | 'latest'

/** The most workers a pool may have. */
export const MAX_POOL_SIZE = 256

/** The most workers that search one image. */
export const MAX_THREADS = 64

/** What `MTCNNPool.create` takes. */
export interface PoolOptions<S extends Stages = Stages, P extends PoolPolicy = PoolPolicy>
  extends Omit<CreateOptions<S>, 'worker'> {
  /**
   * How many images are searched at a time, each by a worker, or by as many as `threads` says; a whole number from 1 to 256. Default:
   * one worker fewer than there are processors, at least 1 and at most 8, divided by `threads`.
   */
  size?: number
  /**
   * As for a detector; here `'auto'` is what `size` leaves: the processors but one, divided by `size`, at least 1 and at most 8.
   */
  threads?: number | 'auto'
  /**
   * `'queue'` (default): every image is answered. `'latest'`, for video: one image is worked at, the newest waits, and those
   * that waited before it are answered with null; this takes one worker, whatever `size` says.
   */
  policy?: P
  /** As for a detector; here the default is `size`, and it has no effect with `'latest'`. */
  queueLimit?: number
}

/** Options of one call: all of them, and checked. */
export interface ResolvedOptions {
  readonly minFaceSize: number
  readonly scaleFactor: number
  readonly thresholds: Readonly<Thresholds>
  readonly nms: Readonly<NmsThresholds>
  readonly maxFaces: number
  readonly stages: Stages
  readonly patches: 'area' | 'bicubic' | 'subpixel'
  readonly flip: boolean
  readonly passes: 1 | 2
  readonly confidence: 'output' | 'consensus'
  readonly rotate: readonly Turn[]
  readonly pad: number
  readonly clip: boolean
  readonly roi: Readonly<Roi> | null
  readonly signal: AbortSignal | undefined
  readonly transfer: boolean
  readonly strict: boolean
  readonly maxPixels: number
  readonly maxBytes: number
}

/** Options of `MTCNN.create`, checked: the defaults of later calls, and what no call can change. */
export interface ResolvedCreateOptions {
  readonly detect: ResolvedOptions
  /** Of the creation; `detect` has none. */
  readonly signal: AbortSignal | undefined
  readonly preset: Preset
  readonly weights: Uint8Array | ArrayBuffer | string | URL | undefined
  readonly module: ModuleSource | undefined
  /** undefined: the default of the platform. */
  readonly worker: boolean | 'auto' | undefined
  readonly threads: number | 'auto'
  readonly precision: 'exact' | 'fast'
  /** undefined: as many as are usual. */
  readonly queueLimit: number | undefined
}

/** Options of `MTCNNPool.create`, checked; undefined where the platform decides. */
export interface ResolvedPoolOptions {
  readonly size: number | undefined
  readonly policy: PoolPolicy
}

export const DEFAULT_OPTIONS: ResolvedOptions = /* @__PURE__ */ Object.freeze({
  minFaceSize: 20,
  scaleFactor: 0.709,
  thresholds: /* @__PURE__ */ Object.freeze({ proposal: 0.6, refine: 0.7, output: 0.7 }),
  nms: /* @__PURE__ */ Object.freeze({ level: 0.5, pyramid: 0.7, refine: 0.7, output: 0.7 }),
  maxFaces: Number.POSITIVE_INFINITY,
  stages: 'full',
  patches: 'area',
  flip: false,
  passes: 1,
  confidence: 'output',
  rotate: /* @__PURE__ */ Object.freeze<Turn[]>([0]),
  pad: 0,
  clip: true,
  roi: null,
  signal: undefined,
  transfer: false,
  strict: false,
  maxPixels: 100_000_000,
  maxBytes: 256 * 1024 * 1024,
})

const ACCURATE: ResolvedOptions = /* @__PURE__ */ Object.freeze({
  ...DEFAULT_OPTIONS,
  minFaceSize: 10,
  thresholds: /* @__PURE__ */ Object.freeze({ proposal: 0.6, refine: 0.5, output: 0.7 }),
  nms: /* @__PURE__ */ Object.freeze({ level: 0.7, pyramid: 0.7, refine: 0.7, output: 0.7 }),
  patches: 'subpixel',
  flip: true,
  passes: 2,
  confidence: 'consensus',
})

/** The presets; docs/accuracy.md has what each part of them was measured to do. */
export const PRESETS: Readonly<Record<Preset, ResolvedOptions>> = /* @__PURE__ */ Object.freeze({
  classic: DEFAULT_OPTIONS,
  accurate: ACCURATE,
  balanced: /* @__PURE__ */ Object.freeze({ ...ACCURATE, minFaceSize: 20, thresholds: DEFAULT_OPTIONS.thresholds }),
  fast: /* @__PURE__ */ Object.freeze({
    ...DEFAULT_OPTIONS,
    minFaceSize: 40,
    scaleFactor: 0.6,
    // Few levels give few votes: the confidence is cautious here.
    thresholds: /* @__PURE__ */ Object.freeze({ proposal: 0.6, refine: 0.7, output: 0.5 }),
    nms: /* @__PURE__ */ Object.freeze({ level: 0.6, pyramid: 0.7, refine: 0.5, output: 0.7 }),
    patches: 'bicubic',
    confidence: 'consensus',
  }),
})
