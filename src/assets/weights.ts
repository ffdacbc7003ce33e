import { MtcnnError } from '../shared/errors.ts'
import { crc32 } from './crc32.ts'

/** Every tensor of the three nets in the order of the container: kernels height, width, in, out; dense layers in, out. */
const SHAPES = {
  'pnet/conv1/weights': [3, 3, 3, 10],
  'pnet/conv1/bias': [10],
  'pnet/prelu1_alpha': [10],
  'pnet/conv2/weights': [3, 3, 10, 16],
  'pnet/conv2/bias': [16],
  'pnet/prelu2_alpha': [16],
  'pnet/conv3/weights': [3, 3, 16, 32],
  'pnet/conv3/bias': [32],
  'pnet/prelu3_alpha': [32],
  'pnet/conv4_1/weights': [1, 1, 32, 2],
  'pnet/conv4_1/bias': [2],
  'pnet/conv4_2/weights': [1, 1, 32, 4],
  'pnet/conv4_2/bias': [4],
  'rnet/conv1/weights': [3, 3, 3, 28],
  'rnet/conv1/bias': [28],
  'rnet/prelu1_alpha': [28],
  'rnet/conv2/weights': [3, 3, 28, 48],
  'rnet/conv2/bias': [48],
  'rnet/prelu2_alpha': [48],
  'rnet/conv3/weights': [2, 2, 48, 64],
  'rnet/conv3/bias': [64],
  'rnet/prelu3_alpha': [64],
  'rnet/fc1/weights': [576, 128],
  'rnet/fc1/bias': [128],
  'rnet/prelu4_alpha': [128],
  'rnet/fc2_1/weights': [128, 2],
  'rnet/fc2_1/bias': [2],
  'rnet/fc2_2/weights': [128, 4],
  'rnet/fc2_2/bias': [4],
  'onet/conv1/weights': [3, 3, 3, 32],
  'onet/conv1/bias': [32],
  'onet/prelu1_alpha': [32],
  'onet/conv2/weights': [3, 3, 32, 64],
  'onet/conv2/bias': [64],
  'onet/prelu2_alpha': [64],
  'onet/conv3/weights': [3, 3, 64, 64],
  'onet/conv3/bias': [64],
  'onet/prelu3_alpha': [64],
  'onet/conv4/weights': [2, 2, 64, 128],
  'onet/conv4/bias': [128],
  'onet/prelu4_alpha': [128],
  'onet/fc1/weights': [1152, 256],
  'onet/fc1/bias': [256],
  'onet/prelu5_alpha': [256],
  'onet/fc2_1/weights': [256, 2],
  'onet/fc2_1/bias': [2],
  'onet/fc2_2/weights': [256, 4],
  'onet/fc2_2/bias': [4],
  'onet/fc2_3/weights': [256, 10],
  'onet/fc2_3/bias': [10],
} as const satisfies Record<string, readonly number[]>

/** The name of a tensor, such as `pnet/conv1/weights`. */
export type TensorName = keyof typeof SHAPES

/** Where a tensor lies among the parameters. */
export interface TensorInfo {
  readonly name: TensorName
  readonly shape: readonly number[]
  /** Number of its first parameter, counting from the first of all. */
  readonly offset: number
  /** How many parameters it has. */
  readonly size: number
}

function layOut(): TensorInfo[] {
  let offset = 0
  return Object.entries(SHAPES).map(([name, shape]) => {
    const size = shape.reduce((product: number, side) => product * side, 1)
    offset += size
    return { name: name as TensorName, shape, offset: offset - size, size }
  })
}

/** All tensors, in the order of the container. */
export const TENSORS: readonly TensorInfo[] = /* @__PURE__ */ layOut()

/** How many parameters the three nets have together. */
export const PARAMETER_COUNT = 495850

/** Bytes before the first parameter. */
export const HEADER_BYTES = 32

const MAGIC = 'MTCW'
const VERSION = 1
/** By the number that stands for them in the header. */
const DTYPES = [
  { name: 'f32', bytes: 4 },
  { name: 'f16', bytes: 2 },
] as const

/** The parameters of the three nets, checked; single precision, whatever the container's. */
export interface Weights {
  /** How the container held them. */
  readonly dtype: 'f32' | 'f16'
  /** All parameters, tensor after tensor as in {@link TENSORS}. */
  readonly data: Float32Array
  /** The parameters of one tensor: a view into `data`. */
  tensor(name: TensorName): Float32Array
}

function refuse(message: string): never {
  throw new MtcnnError('INVALID_WEIGHTS', `not a weight container: ${message}`)
}

const hex = (value: number): string => `0x${value.toString(16).padStart(8, '0')}`

/**
 * Checks a weight container (format: weights/README.md) and gives access to its tensors.
 *
 * Single-precision parameters are a view of `bytes` where these lie on a multiple of four, else a copy: leave `bytes`
 * unchanged while the result is in use. Throws MtcnnError `INVALID_WEIGHTS` on a wrong magic, version, number type, length or
 * checksum, and on parameters that are not finite.
 *
 * @param checksum - CRC-32, where the platform has a quicker one than ours.
 * @example
 * const weights = parseWeights(await readFile('weights/mtcnn-f32.bin'))
 * weights.tensor('pnet/conv1/bias') // Float32Array(10)
 */
export function parseWeights(bytes: Uint8Array, checksum: (bytes: Uint8Array) => number = crc32): Weights {
  const { name } = checkHeader(bytes, checksum)
  const data = name === 'f16' ? fromHalves(bytes) : singles(bytes)
  checkFinite(data)
  return tensorsOf(data, name)
}

/**
 * The same for weights that come with the library, which may pass through a bundler that puts one file in place of another.
 *
 * @param dtype - What was asked for.
 * @param from - Where the bytes were found, for the message.
 */
export function parseShipped(
  bytes: Uint8Array,
  dtype: Weights['dtype'],
  from: string,
  checksum?: (bytes: Uint8Array) => number,
): Weights {
  const weights = parseWeights(bytes, checksum)
  if (weights.dtype === dtype) return weights
  const message = `weights '${dtype}' were asked for, but ${from} holds '${weights.dtype}': a bundler has mixed up the files`
  throw new MtcnnError('INVALID_WEIGHTS', message)
}

function singles(bytes: Uint8Array): Float32Array {
  const start = bytes.byteOffset + HEADER_BYTES
  return start % 4 === 0
    ? new Float32Array(bytes.buffer, start, PARAMETER_COUNT)
    : new Float32Array(new Uint8Array(bytes.subarray(HEADER_BYTES)).buffer)
}

/** Every half is a single with fewer bits: moved into place, only the exponent is still 112 too small. */
function fromHalves(bytes: Uint8Array): Float32Array {
  const data = new Float32Array(PARAMETER_COUNT)
  const words = new Uint32Array(data.buffer)
  for (let n = 0, at = HEADER_BYTES; n < PARAMETER_COUNT; n++, at += 2) {
    const half = bytes[at]! | (bytes[at + 1]! << 8)
    words[n] = ((half & 0x8000) << 16) | ((half & 0x7fff) << 13)
    // An exponent of all ones is an infinity or no number, and has to stay one.
    if ((half & 0x7c00) === 0x7c00) words[n]! |= 0x7f800000
    else data[n]! *= 2 ** 112
  }
  return data
}

/** Access to the tensors among parameters that were checked before, in the order of the container. */
export function tensorsOf(data: Float32Array, dtype: Weights['dtype'] = 'f32'): Weights {
  const places = new Map(TENSORS.map((tensor) => [tensor.name, tensor]))
  return {
    dtype,
    data,
    tensor(name) {
      const place = places.get(name)
      if (!place) throw new RangeError(`no tensor is named '${name}'`)
      return data.subarray(place.offset, place.offset + place.size)
    },
  }
}

const lengthOf = ({ bytes }: (typeof DTYPES)[number]): number => HEADER_BYTES + PARAMETER_COUNT * bytes

function checkHeader(bytes: Uint8Array, checksum: (bytes: Uint8Array) => number): (typeof DTYPES)[number] {
  if (bytes.length < HEADER_BYTES) refuse(`${bytes.length} bytes, wanted ${lengthOf(DTYPES[0])}`)
  const header = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES)
  const magic = String.fromCharCode(...bytes.subarray(0, 4))
  if (magic !== MAGIC) refuse(`it begins with ${JSON.stringify(magic)}, wanted ${JSON.stringify(MAGIC)}`)

  const version = header.getUint32(4, true)
  if (version !== VERSION) refuse(`format version ${version}, wanted ${VERSION}`)
  const code = header.getUint32(8, true)
  const dtype = DTYPES[code] ?? refuse(`number type ${code}, wanted 0 (float32) or 1 (float16)`)
  const count = header.getUint32(12, true)
  if (count !== PARAMETER_COUNT) refuse(`${count} parameters, wanted ${PARAMETER_COUNT}`)
  for (let at = 20; at < HEADER_BYTES; at++) {
    if (bytes[at] !== 0) refuse(`byte ${at} of the header is ${bytes[at]}, wanted 0 (reserved)`)
  }
  if (bytes.length !== lengthOf(dtype)) refuse(`${bytes.length} bytes, wanted ${lengthOf(dtype)}`)

  const wanted = header.getUint32(16, true)
  const found = checksum(bytes.subarray(HEADER_BYTES))
  if (found !== wanted) refuse(`the parameters' CRC-32 is ${hex(found)}, wanted ${hex(wanted)}`)
  return dtype
}

function checkFinite(data: Float32Array): void {
  for (let at = 0; at < data.length; at++) {
    if (Number.isFinite(data[at])) continue
    const owner = TENSORS.find(({ offset, size }) => at < offset + size)
    refuse(`parameter ${at} (in ${owner?.name}) is ${data[at]}, wanted a finite number`)
  }
}
