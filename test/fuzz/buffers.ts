/** Things that change while a call is on its way: the caller's buffers, and his mind. */
import fc from 'fast-check'
import type { AnyFace } from 'mtcnn-wasm'
import { flawsOf } from '../helpers/flaws.ts'
import { resizable } from '../helpers/resizable.ts'
import { turns } from '../helpers/turns.ts'
import type { Detectors } from './detectors.ts'
import { draw, pictures } from './pictures.ts'
import { expectNone, expectSame, expectTyped, outcomeOf, type Property, property } from './property.ts'

/** When something happens: before anything else can run, or after so many turns of the event loop. */
const moments = fc.oneof(fc.constant('at once' as const), fc.integer({ min: 0, max: 12 }))

async function reach(moment: 'at once' | number): Promise<void> {
  if (moment !== 'at once') await turns(moment)
}

const who = fc.constantFrom('single' as const, 'worker' as const, 'pool' as const)
const OPTIONS = { minFaceSize: 24 }

export function bufferProperties(detectors: Detectors): Property<never>[] {
  const { single } = detectors
  const changes = fc.record({
    who,
    subject: pictures(250),
    others: fc.array(pictures(120), { maxLength: 3 }),
    act: fc.constantFrom('overwrite', 'shrink', 'grow', 'give away', 'transfer'),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    moment: moments,
    before: fc.nat(3),
  })
  const buffers = property('buffers that change', changes, async (one) => {
    const { data, width, height } = draw(one.subject)
    const others = one.others.map(draw)
    const expected: AnyFace[][] = []
    for (const image of others) expected.push(await single.detectFaces(image, OPTIONS))
    const plain = await single.detectFaces({ data, width, height }, OPTIONS)

    const given = data.slice().buffer
    const changing = resizable(data.length, data.length + 100)
    const bytes = new Uint8Array(one.act === 'shrink' || one.act === 'grow' ? changing : given)
    bytes.set(data)
    const detector = detectors[one.who]
    const options = { ...OPTIONS, transfer: one.act === 'transfer' }
    const subject = () => detector.detectFaces({ data: bytes, width, height, channels: 3 }, options)
    const asked = others.map((image, n) => (n < one.before ? detector.detectFaces(image, OPTIONS) : undefined))
    const answer = outcomeOf(subject)
    others.forEach((image, n) => {
      asked[n] ??= detector.detectFaces(image, OPTIONS)
    })
    await reach(one.moment)
    if (one.act === 'overwrite') bytes.fill(Math.floor(255 * one.share))
    if (one.act === 'shrink') changing.resize(Math.floor(data.length * one.share))
    if (one.act === 'grow') changing.resize(data.length + 100)
    if (one.act === 'give away') structuredClone(given, { transfer: [given] })

    const outcome = await answer
    if ('answer' in outcome) {
      expectNone('answer', flawsOf(outcome.answer, width, height))
      if (one.act === 'grow' || one.act === 'transfer') expectSame('answers', outcome.answer, plain)
    } else if (outcome.error.code !== 'INVALID_IMAGE' || one.act === 'grow' || one.act === 'overwrite') {
      throw new Error('refused', { cause: outcome.error })
    }
    expectSame('the other answers', await Promise.all(asked), expected)
  })

  const stops = fc.record({
    who,
    images: fc.array(fc.record({ picture: pictures(250), moment: fc.option(moments) }), { minLength: 1, maxLength: 5 }),
  })
  const aborts = property('aborts', stops, async ({ who, images }) => {
    const drawn = images.map(({ picture }) => draw(picture))
    const expected: AnyFace[][] = []
    for (const image of drawn) expected.push(await single.detectFaces(image, OPTIONS))
    const detector = detectors[who]
    await Promise.all(
      images.map(async ({ moment }, n) => {
        const controller = new AbortController()
        const reason = { number: n }
        const call = detector.detectFaces(drawn[n]!, { ...OPTIONS, signal: controller.signal })
        const settled = call.then(
          (answer) => expectSame('answers', answer, expected[n]),
          (error) => {
            if (moment === null) throw error
            if (error === reason) return
            expectTyped(error)
            throw new Error('refused', { cause: error })
          },
        )
        if (moment !== null) {
          await reach(moment)
          controller.abort(reason)
        }
        await settled
      }),
    )
    if (detector.waiting !== 0) throw new Error(`${detector.waiting} calls are still waiting`)
  })

  return [buffers, aborts] as unknown as Property<never>[]
}
