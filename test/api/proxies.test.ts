import { beforeAll, describe, expect, it } from 'vitest'
import { type Faces, MTCNN, MTCNNPool, scaleFaces, toReference } from '../../src/index.node.ts'
import { type Photograph, photograph } from '../helpers/photographs.ts'

// State libraries put what they are given behind a proxy, freeze it or copy its properties. With the libraries themselves:
// `npm run test:package -- state`.

let picture: Photograph
let expected: Faces

beforeAll(async () => {
  picture = await photograph('tracking', 'examples/assets/faces.jpg')
  const detector = await MTCNN.create()
  expected = await detector.detectFaces(picture)
  detector.dispose()
})

/** As most of them do it: every object that is read comes behind a proxy too, but no functions. */
function deep<T extends object>(value: T): T {
  return new Proxy(value, {
    get(target, name, receiver) {
      const found: unknown = Reflect.get(target, name, receiver)
      const own = Reflect.getOwnPropertyDescriptor(target, name)
      const fixed = own && !own.configurable && !own.writable
      return typeof found === 'object' && found !== null && !ArrayBuffer.isView(found) && !fixed ? deep(found) : found
    },
  })
}

type Form = <T extends object>(value: T) => T

const FORMS: [string, Form][] = [
  ['a proxy', (value) => new Proxy(value, {})],
  ['a proxy of a proxy', (value) => new Proxy(new Proxy(value, {}), {})],
  ['a deep proxy', deep],
  ['frozen', Object.freeze],
]

/** Valtio and lodash's clone() copy an object of a class like this. */
const COPIES: [string, Form][] = [
  ['its properties in another object', (value) => Object.assign(Object.create(Object.getPrototypeOf(value)), value)],
  ['an object that inherits from it', (value) => Object.create(value)],
]

async function* live() {
  yield picture
}

describe.each([
  ['a detector', () => MTCNN.create()],
  ['a detector in a worker', () => MTCNN.create({ worker: true })],
  ['a pool', () => MTCNNPool.create({ size: 1 })],
] as const)('%s', (_, create) => {
  it.each([...FORMS, ...COPIES])('%s', async (_, form) => {
    const given: Form = COPIES.some(([, copy]) => copy === form) ? (value) => value : form
    const made: MTCNN | MTCNNPool = await create()
    const detector = form(made)
    expect(detector).toBeInstanceOf(made.constructor)
    expect(await detector.detectFaces(picture)).toEqual(expected)
    expect((await detector.explain(given({ ...picture }))).faces).toEqual(expected)
    const options = given({ thresholds: { output: 0.7 }, roi: { x: 0, y: 0, width: 9999, height: 9999 } })
    expect(await detector.detectFaces(picture, options)).toEqual(expected)
    const answers = []
    for await (const { faces } of detector.detectAll(given([picture]))) answers.push(faces)
    if (detector instanceof MTCNN) for await (const { faces } of given(detector.stream(live()))) answers.push(faces)
    expect(answers).toEqual(detector instanceof MTCNN ? [expected, expected] : [expected])
    expect(detector.waiting).toBe(0)
    expect(detector.info.weights).toBe('f32')
    detector.dispose()
    await expect(made.detectFaces(picture)).rejects.toMatchObject({ code: 'DISPOSED' })
  })
})

describe('faces', () => {
  it.each(FORMS)('%s', (_, form) => {
    const faces = form([...expected])
    const size = { width: expected.imageWidth, height: expected.imageHeight }
    expect(scaleFaces(faces, size, size)).toEqual(scaleFaces(expected, size))
    expect(scaleFaces(form(Object.assign([...expected], size)), size, size)).toEqual(scaleFaces(expected, size))
    expect(toReference(faces)).toEqual(toReference(expected))
  })

  it.each(FORMS)('%s: it knows the size of its image', async (_, form) => {
    const detector = await MTCNN.create()
    const faces = form(await detector.detectFaces(picture))
    expect(scaleFaces(faces, { width: 100, height: 100 })).toEqual(scaleFaces(expected, { width: 100, height: 100 }))
    detector.dispose()
  })
})

describe('a detector', () => {
  it('has a tag, by which Vue leaves it as it is, and nothing to show but what it runs on', async () => {
    using detector = await MTCNN.create()
    expect(Object.prototype.toString.call(detector)).toBe('[object Detector]')
    expect(JSON.parse(JSON.stringify(detector))).toEqual({ info: detector.info })
  })

  it('is not cloned, and the error says why', async () => {
    using detector = await MTCNN.create()
    expect(() => structuredClone(detector)).toThrow(/a detector cannot be copied: use it in the thread that made it/)
    expect(() => structuredClone({ state: { detector } })).toThrow(/a detector cannot be copied/)
    expect(structuredClone(detector.info)).toEqual(detector.info)
  })

  it('says what is wrong where a method is called without it', async () => {
    const { detectFaces, detectAll, stream, explain, dispose } = await MTCNN.create()
    const wrong = { code: 'INVALID_OPTION', message: expect.stringContaining('write detector.detectFaces(image)') }
    await expect(Promise.all([picture].map((image) => detectFaces(image)))).rejects.toMatchObject(wrong)
    await expect(explain(picture)).rejects.toMatchObject(wrong)
    expect(() => detectAll([picture])).toThrow(expect.objectContaining(wrong))
    expect(() => stream(live())).toThrow(expect.objectContaining(wrong))
    expect(() => dispose()).toThrow(expect.objectContaining(wrong))
    await expect(detectFaces.call({} as MTCNN, picture)).rejects.toMatchObject(wrong)
  })
})
