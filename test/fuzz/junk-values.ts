/** Values that nobody expects, and which of them an option takes all the same. */
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'

/** Those that cannot be printed, or that break when they are. */
const RECIPES: Record<string, () => unknown> = {
  'a symbol': () => Symbol('wrong'),
  'a function': () => () => 1,
  'a class': () => class {},
  'a promise': () => Promise.resolve(1),
  'a proxy that throws at any touch': () => {
    const fail = () => {
      throw new TypeError('not to be touched')
    }
    return new Proxy({}, { get: fail, has: fail, ownKeys: fail, getPrototypeOf: fail, getOwnPropertyDescriptor: fail })
  },
  'a revoked proxy': () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    return proxy
  },
  'an object with a getter that throws': () => ({
    get x() {
      throw new RangeError('no x')
    },
    y: 0,
    width: 1,
    height: 1,
  }),
  'an object that claims to be bytes': () => ({ [Symbol.toStringTag]: 'Uint8Array', length: 12, byteLength: 12 }),
  'an object that claims to be a Blob': () => ({ [Symbol.toStringTag]: 'Blob', size: 12 }),
  'an object that claims to be a URL': () => ({ [Symbol.toStringTag]: 'URL', href: 'file:///none' }),
  'an object that claims to be a module': () => ({ [Symbol.toStringTag]: 'WebAssembly.Module' }),
  'an object that claims to be a signal': () => ({ aborted: false, throwIfAborted() {} }),
  'bytes given away': () => {
    const bytes = new Uint8Array(12)
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] })
    return bytes
  },
  'a buffer given away': () => {
    const buffer = new ArrayBuffer(12)
    structuredClone(buffer, { transfer: [buffer] })
    return buffer
  },
  'bytes that lie about their length': () => Object.defineProperty(new Uint8Array(30), 'length', { value: 1e9 }),
  'bytes that lie about their buffer': () =>
    Object.defineProperty(new Uint8Array(30), 'buffer', { value: new ArrayBuffer(9) }),
  'bytes of another realm': () => runInNewContext('new Uint8Array(3600)'),
  'a shared buffer': () => new SharedArrayBuffer(3600),
  'a DataView': () => new DataView(new ArrayBuffer(3600)),
  'numbers of 4 bytes': () => new Float32Array(3600),
  'a Map': () => new Map([['width', 1]]),
  'a Date': () => new Date(0),
  'a boxed number': () => Object(20),
  'a boxed text': () => Object('full'),
  'an empty text': () => '',
  'a long text': () => 'x'.repeat(300_000),
  'a text with a zero byte': () => 'a\0b',
  'a path that leads nowhere': () => '/no/such/file.jpg',
  'a folder': () => '/',
  'a file: URL that leads nowhere': () => new URL('file:///no/such/file.jpg'),
  'a file: URL of another machine': () => new URL('file://elsewhere/file.jpg'),
  'a URL of another kind': () => new URL('ftp://localhost/file.jpg'),
  'a data: URL that is no image': () => 'data:image/png;base64,AAAA',
  'a data: URL that is not base64': () => 'data:image/png;base64,!!!',
  'an empty Blob': () => new Blob([]),
  'a Blob that is no image': () => new Blob(['no image']),
  'a Response that is no image': () => new Response('no image'),
  NaN: () => Number.NaN,
  'minus zero': () => -0,
  infinity: () => Number.POSITIVE_INFINITY,
  'a huge number': () => 2 ** 53,
  'a large number': () => 2 ** 31,
  'an image without end': () => ({ data: new Uint8Array(3), width: 2 ** 31, height: 2 ** 31, channels: 3 }),
  'a result of sharp': () => ({ data: Buffer.alloc(12), info: { width: 2, height: 2, channels: 3 } }),
  'a ref': () => ({ current: { width: 1, height: 1 } }),
}

/** A recipe by its name, or the value itself. */
export type Junk = { recipe: string } | { value: unknown }

export const junk: fc.Arbitrary<Junk> = fc.oneof(
  fc.record({ recipe: fc.constantFrom(...Object.keys(RECIPES)) }),
  fc.record({
    value: fc.oneof(
      fc.anything({
        maxDepth: 2,
        withBigInt: true,
        withNullPrototype: true,
        withTypedArray: true,
        withSparseArray: true,
      }),
      fc.integer({ min: -3, max: 70 }),
      fc.double({ min: -0.5, max: 1.5 }),
      fc.constantFrom('full', 'boxes', 'area', 'bicubic', 'subpixel', 'rgb', 'bgr', 'classic', 'fast', 'f16', 'auto'),
    ),
  }),
)

export function made(one: Junk): unknown {
  return 'recipe' in one ? RECIPES[one.recipe]!() : one.value
}

type Fits = (value: unknown) => boolean | 'unknown'

const isNumber =
  (least: number, most: number): Fits =>
  (value) =>
    typeof value === 'number' && Number.isFinite(value) && value >= least && value <= most
const isCount: Fits = (value) =>
  value === Number.POSITIVE_INFINITY || (Number.isSafeInteger(value) && (value as number) >= 1)
const isFlag: Fits = (value) => typeof value === 'boolean'
const isOneOf =
  (...choices: unknown[]): Fits =>
  (value) =>
    choices.includes(value)
/** Objects may be right or wrong in many ways; anything else is wrong. */
const isObject: Fits = (value) => (typeof value === 'object' && value !== null ? 'unknown' : false)
const isNullOrObject: Fits = (value) => value === null || isObject(value)
const never: Fits = () => false
/** Where it is not plain what is right: only that it is refused as promised. */
const unknown: Fits = () => 'unknown'

const share = isNumber(0, 1)
const detect: Record<string, Fits> = {
  '': isObject,
  minFaceSize: isNumber(1, Number.MAX_VALUE),
  scaleFactor: isNumber(0.1, 0.99),
  thresholds: isObject,
  'thresholds.proposal': share,
  'thresholds.refine': share,
  'thresholds.output': share,
  nms: isObject,
  'nms.level': share,
  'nms.output': share,
  maxFaces: isCount,
  stages: isOneOf('full', 'boxes'),
  patches: isOneOf('area', 'bicubic', 'subpixel'),
  flip: isFlag,
  passes: isOneOf(1, 2),
  confidence: isOneOf('output', 'consensus'),
  rotate: (value) => isFlag(value) || isObject(value),
  pad: share,
  clip: isFlag,
  roi: isNullOrObject,
  signal: isNullOrObject,
  transfer: isFlag,
  strict: isFlag,
  maxPixels: unknown,
  maxBytes: isCount,
  // No name of an option.
  minfacesize: never,
}

const LARGEST_POOL = 256

/** What each option takes. */
export const JUNK = {
  detect,
  create: {
    ...detect,
    maxPixels: isCount,
    preset: isOneOf('classic', 'accurate', 'balanced', 'fast'),
    precision: isOneOf('exact', 'fast'),
    worker: isOneOf(true, false, 'auto'),
    // A path or bytes that are no weights or kernels are wrong as well.
    weights: isOneOf('f32', 'f16'),
    module: (value) => value === undefined,
  } as Record<string, Fits>,
  pool: {
    size: (value) => Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= LARGEST_POOL,
    policy: isOneOf('queue', 'latest'),
    queueLimit: (value) => Number.isSafeInteger(value) && (value as number) >= 0,
    minFaceSize: detect.minFaceSize,
    // A pool has no choice.
    worker: never,
  } as Record<string, Fits>,
}

/** Whether an option has to be refused; undefined is as good as not given. */
export function isJunkOf(fits: Fits, value: unknown): boolean | 'unknown' {
  if (value === undefined && fits !== never) return false
  const fit = fits(value)
  return fit === 'unknown' ? fit : !fit
}
