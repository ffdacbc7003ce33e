/** Wrong options, images and calls: refused with an MtcnnError, or answered where they are not wrong after all. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { MTCNN, MTCNNPool, type MtcnnErrorCode, scaleFaces, toReference } from 'mtcnn-wasm'
import sharp from 'sharp'
import { crc32 } from '../../src/assets/crc32.ts'
import { flawsOf } from '../helpers/flaws.ts'
import type { Detectors } from './detectors.ts'
import { isJunkOf, JUNK, junk, made } from './junk-values.ts'
import { draw, type Picture, pictures } from './pictures.ts'
import { expectNone, outcomeOf, type Property, property } from './property.ts'

const packageFile = (path: string) => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)))

const SMALL: Picture = { width: 40, height: 30, content: 'photograph', seed: 1 }
const WEIGHTS_HEADER = 32

/** Answers as `any` call takes them: types are what is broken here. */
type Loose = { [Method in 'detectFaces' | 'detectAll' | 'explain']: (...given: unknown[]) => never }

export function junkProperties({ single, worker }: Detectors): Property<never>[] {
  const image = () => draw(SMALL)
  const inThread = single as unknown as Loose
  const create = MTCNN.create as (options: unknown) => Promise<MTCNN>

  /** An answer must be sound, an error have one of these codes. */
  async function expectSound(call: () => unknown, codes: readonly MtcnnErrorCode[]): Promise<'answered' | 'refused'> {
    const outcome = await outcomeOf(call as () => Promise<{ imageWidth: number; imageHeight: number }>)
    if ('error' in outcome) {
      const { code, message } = outcome.error
      if (!codes.includes(code)) throw new Error(`refused with ${code}: ${message}`, { cause: outcome.error })
      return 'refused'
    }
    const { answer } = outcome
    if (!Array.isArray(answer)) throw new Error('an answer that is no array')
    expectNone('answer', flawsOf(answer, answer.imageWidth, answer.imageHeight, { clip: false }))
    return 'answered'
  }

  const perCall = fc.record({ name: fc.constantFrom(...Object.keys(JUNK.detect)), value: junk })
  const options = property('wrong options', perCall, async ({ name, value }) => {
    const given = made(value)
    const result = await expectSound(
      () => inThread.detectFaces(image(), asOptions(name, given)),
      ['INVALID_OPTION', 'IMAGE_TOO_LARGE'],
    )
    const wrong = isJunkOf(JUNK.detect[name]!, given)
    if (wrong !== 'unknown' && (result === 'refused') !== wrong) throw new Error(`it was ${result}`)
  })

  const perDetector = fc.record({ name: fc.constantFrom(...Object.keys(JUNK.create)), value: junk })
  const creation = property('wrong options of create', perDetector, async ({ name, value }) => {
    const given = made(value)
    const outcome = await outcomeOf(() => create(asOptions(name, given)))
    if ('answer' in outcome) outcome.answer.dispose()
    const wrong = isJunkOf(JUNK.create[name]!, given)
    if (wrong !== 'unknown' && 'error' in outcome !== wrong) throw new Error(`refused: ${'error' in outcome}`)
    if (wrong === true && 'error' in outcome && !/^INVALID_(OPTION|WEIGHTS)$/.test(outcome.error.code)) {
      throw new Error(`refused with ${outcome.error.code}`, { cause: outcome.error })
    }
  })

  const createPool = MTCNNPool.create as (options: unknown) => Promise<MTCNNPool>
  const perPool = fc.record({ name: fc.constantFrom(...Object.keys(JUNK.pool)), value: junk })
  const pools = property('wrong options of pools', perPool, async ({ name, value }) => {
    const given = made(value)
    const wrong = isJunkOf(JUNK.pool[name]!, given)
    // Right, and a pool of many workers.
    if (wrong === false && name === 'size' && (given as number) > 2) return
    const options = name === 'size' ? { size: given } : { size: 1, ...(asOptions(name, given) as object) }
    const outcome = await outcomeOf(() => createPool(options))
    if ('answer' in outcome) outcome.answer.dispose()
    if (wrong !== 'unknown' && 'error' in outcome !== wrong) throw new Error(`refused: ${'error' in outcome}`)
    if ('error' in outcome && outcome.error.code !== 'INVALID_OPTION') {
      throw new Error(`refused with ${outcome.error.code}`, { cause: outcome.error })
    }
  })

  const field = fc.constantFrom('data', 'width', 'height', 'channels', 'order', 'stride')
  const fields = fc.record({
    changes: fc.array(fc.record({ field, value: junk }), { minLength: 1, maxLength: 3 }),
    elsewhere: fc.boolean(),
  })
  const NO_IMAGE = ['INVALID_IMAGE', 'UNSUPPORTED_IMAGE', 'DECODE_FAILED', 'IMAGE_TOO_LARGE'] as const
  const images = property('wrong fields of images', fields, async ({ changes, elsewhere }) => {
    const { data, width, height } = image()
    const given: Record<string, unknown> = { data, width, height, channels: 3, order: 'rgb', stride: 3 * width }
    for (const { field, value } of changes) given[field] = made(value)
    const detector = elsewhere ? (worker as unknown as Loose) : inThread
    await expectSound(() => detector.detectFaces(given), NO_IMAGE)
  })

  const anything = property('anything for an image', junk, async (value) => {
    await expectSound(() => inThread.detectFaces(made(value)), NO_IMAGE)
  })

  const damage = fc.record({
    picture: pictures(60),
    format: fc.constantFrom('jpeg', 'png', 'webp', 'gif', 'tiff'),
    length: fc.double({ min: 0, max: 1, noNaN: true }),
    changes: fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 5 }),
    strict: fc.boolean(),
  })
  const files = property('damaged files', damage, async ({ picture, format, length, changes, strict }) => {
    const { data, width, height } = draw(picture)
    const whole = await sharp(data, { raw: { width, height, channels: 3 } })
      .toFormat(format)
      .toBuffer()
    const bytes = Uint8Array.from(whole)
    for (const [at, value] of changes) bytes[at % bytes.length] = value
    const cut = bytes.subarray(0, Math.ceil(bytes.length * length))
    await expectSound(() => inThread.detectFaces(cut, { strict }), NO_IMAGE)
  })

  const shipped = packageFile('weights/mtcnn-f32.bin')
  const spoiling = fc.record({
    picture: pictures(60),
    first: fc.nat(495_849),
    count: fc.integer({ min: 1, max: 50_000 }),
    factor: fc.constantFrom(0, -1, 1e3, -1e6, 1e9, 1e30),
  })
  const weights = property('absurd weights', spoiling, async ({ picture, first, count, factor }) => {
    const bytes = new Uint8Array(shipped)
    const view = new DataView(bytes.buffer)
    for (let n = first; n < Math.min(first + count, 495_850); n++) {
      const at = WEIGHTS_HEADER + 4 * n
      view.setFloat32(at, Math.max(-3e38, Math.min(3e38, view.getFloat32(at, true) * factor)), true)
    }
    view.setUint32(16, crc32(bytes.subarray(WEIGHTS_HEADER)), true)
    const detector = await MTCNN.create({ weights: bytes, minFaceSize: 20 })
    await expectSound(() => detector.detectFaces(draw(picture)), ['INVALID_WEIGHTS'])
    detector.dispose()
  })

  const kernels = packageFile('dist/mtcnn.wasm')
  const module = property('kernels cut off', fc.nat(kernels.length - 1), async (length) => {
    const outcome = await outcomeOf(() => MTCNN.create({ module: new Uint8Array(kernels.subarray(0, length)) }))
    if (!('error' in outcome)) throw new Error('not refused')
    const { error } = outcome
    if (error.code !== 'INVALID_OPTION') throw new Error(`refused with ${error.code}`, { cause: error })
  })

  const calls = fc.record({
    call: fc.constantFrom('detectAll', 'stream', 'toReference', 'scaleFaces'),
    values: fc.tuple(junk, junk, junk, junk),
  })
  const helpers = property('anything for the other calls', calls, async ({ call, values }) => {
    const [first, ...rest] = values.map(made)
    await outcomeOf(async () => {
      if (call === 'toReference') return (toReference as (...given: unknown[]) => unknown)(first)
      if (call === 'scaleFaces') return (scaleFaces as (...given: unknown[]) => unknown)(first, ...rest)
      const answers = (single as unknown as Record<string, (given: unknown) => AsyncIterable<unknown>>)[call]!(first)
      let count = 0
      for await (const _ of answers) if (++count === 3) break
      return count
    })
  })

  return [options, creation, pools, images, anything, files, weights, module, helpers] as unknown as Property<never>[]
}

/** `thresholds.output` is an option in an option; an empty name stands for the options themselves. */
function asOptions(name: string, value: unknown): unknown {
  if (name === '') return value
  const [outer = '', inner] = name.split('.')
  return { [outer]: inner === undefined ? value : { [inner]: value } }
}
