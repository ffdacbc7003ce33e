/** What went wrong, for programs. docs/errors.md says what each code means and what to do. */
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
 * The error that this library throws. `code` is for programs, `message` for people; `cause` is the error underneath, where
 * there is one.
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

/** Names a value in an error message: what it is, short, on one line. It never throws. */
export function describe(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value.length > 60 ? `a string of ${value.length} characters` : shortened(JSON.stringify(value), 130)
    case 'bigint':
      // Writing out a large one takes long.
      return value > -(10n ** 20n) && value < 10n ** 20n ? `${value}n` : 'a bigint of more than 20 digits'
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value)
    case 'symbol':
      return shortened(String(value), 60)
    case 'boolean':
    case 'undefined':
      return String(value)
    default:
      return value === null ? 'null' : describeObject(value as object)
  }
}

function describeObject(value: object): string {
  try {
    if (typeof value === 'function') return describeFunction(value)
    if (Array.isArray(value)) return `an array of ${value.length}`
    const tag = shortened(tagOf(value), 40)
    if (ArrayBuffer.isView(value)) return `${tag} of ${value.byteLength} bytes`
    switch (tag) {
      case '':
        break
      case 'Object':
        return describePlain(value)
      case 'Promise':
        return 'a Promise (await it)'
      case 'Blob':
      case 'File':
        return `a ${tag} of ${Number((value as Blob).size)} bytes`
      case 'Error':
        return `${withArticle(classOf(value) ?? tag)}: ${shortened(String((value as Error).message), 60)}`
      default:
        return withArticle(tag)
    }
  } catch {
    // A proxy may throw at any touch, a revoked one always does.
  }
  return 'an object that cannot be read'
}

function describeFunction(value: object): string {
  const name: unknown = Object.getOwnPropertyDescriptor(value, 'name')?.value
  const kind = /^class\b/.test(Function.prototype.toString.call(value)) ? 'class' : 'function'
  return typeof name === 'string' && name !== '' ? `the ${kind} ${shortened(name, 40)}` : `a ${kind}`
}

/** The first names of its properties, or the class it was made by. */
function describePlain(value: object): string {
  const name = classOf(value)
  if (name !== undefined && name !== 'Object') return `an object of class ${name}`
  const names: string[] = []
  for (const key in value) {
    if (names.push(shortened(key, 20)) > 5) break
  }
  const shown = names.length > 5 ? [...names.slice(0, 5), '...'] : names
  return names.length === 0 ? 'an object without properties' : `an object { ${shown.join(', ')} }`
}

/** Read from the class itself: a getter of the object might do or answer anything. */
function classOf(value: object): string | undefined {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === null) return undefined
  const maker: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value
  const name: unknown = typeof maker === 'function' ? Object.getOwnPropertyDescriptor(maker, 'name')?.value : undefined
  return typeof name === 'string' && name !== '' ? shortened(name, 40) : undefined
}

function withArticle(name: string): string {
  return `${/^(?:[AEIO]|HTML|SVG|XML)/.test(name) ? 'an' : 'a'} ${name}`
}
