/** What went wrong, for code that has to tell one failure from another. */
export type MtcnnErrorCode =
  | 'INVALID_OPTION'
  | 'INVALID_IMAGE'
  | 'UNSUPPORTED_IMAGE'
  | 'DECODE_FAILED'
  | 'IMAGE_TOO_LARGE'
  | 'MISSING_DEPENDENCY'
  | 'INVALID_WEIGHTS'
  | 'OUT_OF_MEMORY'
  | 'UNSUPPORTED_PLATFORM'
  | 'DISPOSED'
  | 'WORKER_FAILED'

/**
 * The one error class this library throws: `code` is for programs, `message` for people, `cause` holds the error underneath where there is one.
 *
 * @example
 * try { await detector.detectFaces(image) } catch (error) {
 *   if (error instanceof MtcnnError && error.code === 'DECODE_FAILED') skip(image)
 * }
 */
export class MtcnnError extends Error {
  override readonly name = 'MtcnnError'
  readonly code: MtcnnErrorCode

  constructor(code: MtcnnErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
  }
}

/** The class name of an object as the engine knows it, the same for objects of another realm; '' where it cannot be read. */
export function tagOf(value: unknown): string {
  try {
    return Object.prototype.toString.call(value).slice(8, -1)
  } catch {
    return ''
  }
}

/** Characters that a terminal obeys or that turn the direction of the text around them; and halves of characters. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu

/** A name, an address or another library's message as an error message can hold it: one line, the middle cut out where it is long. */
export function shortened(text: string, most = 100): string {
  const tail = Math.floor(most / 3)
  const short = text.length <= most ? text : `${text.slice(0, most - tail)}...${text.slice(text.length - tail)}`
  return short.replace(UNPRINTABLE, (letter) => `\\u{${letter.codePointAt(0)!.toString(16)}}`)
}

const MANY = 10n ** 20n

/** Names a value in an error message: short, and never throwing, whatever the value is. */
export function describe(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value.length > 60 ? `a string of ${value.length} characters` : shortened(JSON.stringify(value))
    case 'bigint':
      // Writing out millions of digits takes minutes.
      return value > -MANY && value < MANY ? `${value}n` : 'a bigint of more than 20 digits'
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value)
    case 'boolean':
    case 'undefined':
    case 'symbol':
      return shortened(String(value))
    case 'function':
      return 'a function'
    default:
      return value === null ? 'null' : describeObject(value as object)
  }
}

function describeObject(value: object): string {
  try {
    if (ArrayBuffer.isView(value)) return `${tagOf(value)} of ${value.byteLength} bytes`
    if (Array.isArray(value)) return `an array of ${value.length}`
    const tag = tagOf(value)
    if (tag !== '') return tag === 'Object' ? 'an object' : `an object of type ${shortened(tag)}`
  } catch {
    // A proxy may throw at any touch, a revoked one always does.
  }
  return 'an object that cannot be read'
}
