import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Nets } from '../../src/cascade/context.ts'
import { search } from '../../src/cascade/search.ts'
import { type AnyFace, type Face, MTCNN, MtcnnError } from '../../src/index.node.ts'
import { DEFAULT_OPTIONS } from '../../src/options/options.ts'
import { resolveOptions } from '../../src/options/resolve.ts'
import { createCore } from '../helpers/core.ts'
import { cut, noise, type Photograph, photograph, photographFile } from '../helpers/photographs.ts'
import { resizable } from '../helpers/resizable.ts'
import { turns } from '../helpers/turns.ts'

let faces: Photograph
let images: Photograph[]
let detector: MTCNN

beforeAll(async () => {
  faces = await photograph('tracking', 'examples/assets/faces.jpg')
  // Larger and smaller in turn, so that memory is planned anew each time.
  images = [faces, cut(faces, 30, 40, 150, 200), noise(90, 70), cut(faces, 200, 100, 400, 246), cut(faces, 0, 0, 11, 9)]
  detector = await MTCNN.create()
})
afterAll(() => detector.dispose())

async function sequential(): Promise<Face[][]> {
  const all: Face[][] = []
  for (const image of images) all.push(await detector.detectFaces(image))
  return all
}

describe('overlapping calls', () => {
  it('are answered in their order, each with the bits it gives alone', async () => {
    const expected = await sequential()
    const order: number[] = []
    const turns = [0, 1, 2, 3, 4, 3, 0, 2, 1, 4, 0]
    const answers = turns.map((which, turn) =>
      detector.detectFaces(images[which]!).then((found) => {
        order.push(turn)
        return found
      }),
    )
    expect(await Promise.all(answers)).toEqual(turns.map((which) => expected[which]))
    expect(order).toEqual(turns.map((_, turn) => turn))
  })

  it('with pixels are not held up by those whose file has to be decoded first', async () => {
    const file = photographFile('tracking', 'examples/assets/faces.jpg')
    const order: string[] = []
    const note = (name: string) => () => order.push(name)
    await Promise.all([
      detector.detectFaces(file).then(note('file')),
      detector.detectFaces(images[4]!).then(note('pixels')),
      detector.detectFaces(images[1]!).then(note('more pixels')),
    ])
    expect(order).toEqual(['pixels', 'more pixels', 'file'])
    expect(await detector.detectFaces(file)).toEqual(await detector.detectFaces(faces))
  })

  it('with other options do not mix', async () => {
    const options = [{ minFaceSize: 60 }, { maxFaces: 1 }, { stages: 'boxes' as const }, {}]
    const expected: AnyFace[][] = []
    for (const given of options) expected.push(await detector.detectFaces(faces, given))
    expect(await Promise.all(options.map((given) => detector.detectFaces(faces, given)))).toEqual(expected)
  })

  it('one that fails leaves the others alone', async () => {
    const expected = await detector.detectFaces(faces)
    const results = await Promise.allSettled([
      detector.detectFaces(faces),
      detector.detectFaces({ data: new Uint8Array(3), width: 5, height: 5, channels: 3 }),
      detector.detectFaces('/no/such/file.jpg'),
      detector.detectFaces(faces, { roi: { x: 9999, y: 0, width: 1, height: 1 } }),
      detector.detectFaces(faces),
    ])
    const codes = results.map((result) => (result.status === 'fulfilled' ? 'ok' : (result.reason as MtcnnError).code))
    expect(codes).toEqual(['ok', 'INVALID_IMAGE', 'DECODE_FAILED', 'INVALID_OPTION', 'ok'])
    const last = results[4]!
    expect(last.status === 'fulfilled' && last.value).toEqual(expected)
  })
})

describe('pixels that are gone when their turn comes', () => {
  it.each([false, true])('handed over or made smaller: INVALID_IMAGE; in a worker: %s', async (worker) => {
    const own = await MTCNN.create({ worker })
    const bytes = faces.data.length
    const shrinking = resizable(bytes, bytes)
    const gone = { ...faces, data: new Uint8Array(faces.data) }
    const answers = [
      own.detectFaces(faces),
      own.detectFaces({ ...faces, channels: 3, data: new Uint8Array(shrinking) } as Photograph),
      own.detectFaces(gone),
      own.detectFaces(faces),
    ]
    // Once they are checked and wait.
    await Promise.resolve()
    shrinking.resize(3)
    structuredClone(gone.data.buffer, { transfer: [gone.data.buffer] })
    const [first, shrunk, lost, last] = await Promise.allSettled(answers)
    expect([first, last]).toMatchObject([{ value: { length: 3 } }, { value: { length: 3 } }])
    for (const answer of [shrunk, lost]) {
      expect(answer).toMatchObject({ status: 'rejected', reason: { code: 'INVALID_IMAGE' } })
    }
    own.dispose()
  })

  it('handed over with an earlier call', async () => {
    const own = await MTCNN.create({ worker: true })
    const image = { ...faces, data: new Uint8Array(faces.data) }
    const [first, second] = await Promise.allSettled([1, 2].map(() => own.detectFaces(image, { transfer: true })))
    expect(first).toMatchObject({ value: { length: 3 } })
    expect(second).toMatchObject({ reason: { code: 'INVALID_IMAGE' } })
    own.dispose()
  })
})

describe('the same image gives the same bits', () => {
  it('again, after other images, and after memory has grown', async () => {
    const first = await detector.detectFaces(faces)
    await sequential()
    expect(await detector.detectFaces(faces)).toEqual(first)
    const large = { data: new Uint8Array(2500 * 1500 * 3).fill(90), width: 2500, height: 1500 }
    await detector.detectFaces(large, { minFaceSize: 15 })
    expect(await detector.detectFaces(faces)).toEqual(first)
    // More candidates than there is room for at first.
    await detector.detectFaces(noise(300, 300), { minFaceSize: 12, thresholds: { proposal: 0 }, nms: { level: 0.2 } })
    expect(await detector.detectFaces(faces)).toEqual(first)
  })

  it('in another detector', async () => {
    const other = await MTCNN.create()
    expect(await other.detectFaces(faces)).toEqual(await detector.detectFaces(faces))
    other.dispose()
  })

  it('where candidates outgrow their lists in the middle of the pyramid', async () => {
    const options = { minFaceSize: 12, thresholds: { proposal: 0.01, refine: 0.6 } }
    const fresh = await MTCNN.create()
    const first = await fresh.explain(faces, options)
    expect(first.trace.levels.some(({ passed }) => passed > 4096)).toBe(true)
    const second = await fresh.explain(faces, options)
    expect(second.faces).toEqual(first.faces)
    expect(second.trace.levels).toEqual(first.trace.levels)
    expect(second.trace.proposalBoxes).toEqual(first.trace.proposalBoxes)
    fresh.dispose()
  })
})

describe('signal', () => {
  const reason = new Error('enough')

  it('aborted before: refused with its reason, nothing is read', async () => {
    const signal = AbortSignal.abort(reason)
    await expect(detector.detectFaces('/no/such/file.jpg', { signal })).rejects.toBe(reason)
  })

  it('aborted while waiting: told at once, the others are answered', async () => {
    const controller = new AbortController()
    const order: string[] = []
    const first = detector.detectFaces(faces).then(() => order.push('first'))
    const waiting = detector.detectFaces(faces, { signal: controller.signal }).catch((error) => {
      order.push('aborted')
      return error
    })
    const last = detector.detectFaces(images[1]!).then((found) => {
      order.push('last')
      return found
    })
    controller.abort(reason)
    expect(await waiting).toBe(reason)
    await first
    expect((await last).length).toBe(1)
    expect(order).toEqual(['aborted', 'first', 'last'])
  })

  it('aborted while running: told at once, later calls are answered', async () => {
    const controller = new AbortController()
    // The first of its pauses is the first time that this can run.
    setImmediate(() => controller.abort(reason))
    const large = noise(1600, 1200)
    await expect(detector.detectFaces(large, { signal: controller.signal })).rejects.toBe(reason)
    expect((await detector.detectFaces(faces)).length).toBe(3)
  })

  it('stops the work before the next level, and before the next batch', async () => {
    const core = await createCore()
    const pixels = { ...faces, channels: 3, order: 'rgb', stride: 3 * faces.width } as const
    for (const last of [1, 3, 12, 14]) {
      const controller = new AbortController()
      let calls = 0
      const counted = <T>(result: T): T => {
        calls++
        if (calls === last) controller.abort(reason)
        return result
      }
      const nets: Nets = {
        propose: (...all) => counted(core.propose(...all)),
        run: (...all) => counted(core.run(...all)),
      }
      const options = resolveOptions(DEFAULT_OPTIONS, { signal: controller.signal })
      await expect(search(core, pixels, options, undefined, nets)).rejects.toBe(reason)
      expect(calls).toBe(last)
    }
  })

  it('set on create is of the creation only; null is none', async () => {
    const controller = new AbortController()
    const other = await MTCNN.create({ signal: controller.signal })
    controller.abort(reason)
    expect((await other.detectFaces(faces)).length).toBe(3)
    expect((await other.detectFaces(faces, { signal: null })).length).toBe(3)
    other.dispose()
  })

  it.each([false, true])(
    'is one listener for any number of calls, of which Node would warn; in a worker: %s',
    async (worker) => {
      const own = await MTCNN.create({ worker })
      const controller = new AbortController()
      const warnings: Error[] = []
      const warned = (warning: Error) => warnings.push(warning)
      process.on('warning', warned)
      const answers = Array.from({ length: 25 }, () => own.detectFaces(faces, { signal: controller.signal }))
      await answers[0]
      controller.abort(reason)
      const settled = await Promise.allSettled(answers)
      // Warnings are told in a later turn.
      await turns()
      process.off('warning', warned)
      expect(warnings).toEqual([])
      expect(settled.slice(2).every((answer) => answer.status === 'rejected' && answer.reason === reason)).toBe(true)
      own.dispose()
    },
  )

  it('leaves no listener behind', async () => {
    const controller = new AbortController()
    let listeners = 0
    const { signal } = controller
    const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)]
    signal.addEventListener = ((...all: Parameters<typeof add>) => {
      listeners++
      add(...all)
    }) as typeof signal.addEventListener
    signal.removeEventListener = ((...all: Parameters<typeof remove>) => {
      listeners--
      remove(...all)
    }) as typeof signal.removeEventListener
    await detector.detectFaces(faces, { signal })
    await detector.detectFaces({ data: new Uint8Array(1), width: 3, height: 3, channels: 3 }, { signal }).catch(() => 0)
    expect(listeners).toBe(0)
  })
})

describe('detectAll', () => {
  async function collect(source: Parameters<MTCNN['detectAll']>[0]): Promise<[number, number][]> {
    const found: [number, number][] = []
    for await (const { index, faces } of detector.detectAll(source)) found.push([index, faces.length])
    return found
  }

  it('takes arrays, generators and async generators, empty ones too', async () => {
    const expected = (await sequential()).map(({ length }, index) => [index, length])
    expect(await collect(images)).toEqual(expected)
    expect(await collect(new Set(images))).toEqual(expected)
    const later = async function* () {
      for (const image of images) {
        await turns(1)
        yield image
      }
    }
    expect(await collect(later())).toEqual(expected)
    expect(await collect([])).toEqual([])
  })

  it('passes options on', async () => {
    for await (const { faces } of detector.detectAll([images[0]!], { maxFaces: 1 })) expect(faces.length).toBe(1)
  })

  it('stops the source on an early break, having read no more than was answered', async () => {
    let read = 0
    let closed = false
    const source = function* () {
      try {
        for (;;) {
          read++
          yield images[1]!
        }
      } finally {
        closed = true
      }
    }
    for await (const { index } of detector.detectAll(source())) if (index === 2) break
    expect(closed).toBe(true)
    expect(read).toBe(3)
    expect((await detector.detectFaces(faces)).length).toBe(3)
  })

  it('throws what detectFaces throws, and ends there', async () => {
    const seen: number[] = []
    const run = async () => {
      for await (const { index } of detector.detectAll([images[0]!, '/no/such/file.jpg', images[0]!])) seen.push(index)
    }
    await expect(run()).rejects.toMatchObject({ code: 'DECODE_FAILED' })
    expect(seen).toEqual([0])
  })

  it.each([[null], [undefined], [{}], ['photo.jpg']])('refuses what is no list of images: %j', async (images) => {
    await expect(collect(images as unknown as Photograph[])).rejects.toMatchObject({ code: 'INVALID_IMAGE' })
  })

  it('throws what the source throws', async () => {
    const source = async function* () {
      yield images[4]!
      throw new Error('no more film')
    }
    await expect(collect(source())).rejects.toThrow('no more film')
  })
})

describe('dispose', () => {
  it('answers what was asked before, refuses what comes later, and may be repeated', async () => {
    const expected = await detector.detectFaces(faces)
    const other = await MTCNN.create()
    const before = [other.detectFaces(faces), other.detectFaces(images[1]!), other.detectFaces(faces)]
    other.dispose()
    other.dispose()
    const later = other.detectFaces(faces)
    await expect(later).rejects.toBeInstanceOf(MtcnnError)
    await expect(later).rejects.toMatchObject({ code: 'DISPOSED' })
    await expect(other.explain(faces)).rejects.toMatchObject({ code: 'DISPOSED' })
    const answers = await Promise.all(before)
    expect(answers[0]).toEqual(expected)
    expect(answers[2]).toEqual(expected)
    await expect(other.detectFaces(faces)).rejects.toMatchObject({ code: 'DISPOSED' })
  })

  it('works with Symbol.dispose', async () => {
    const other = await MTCNN.create()
    other[Symbol.dispose]()
    await expect(other.detectFaces(faces)).rejects.toMatchObject({ code: 'DISPOSED' })
  })

  it('in the middle of detectAll: DISPOSED at the next image', async () => {
    const other = await MTCNN.create()
    const run = async () => {
      for await (const { index } of other.detectAll(images)) if (index === 1) other.dispose()
    }
    await expect(run()).rejects.toMatchObject({ code: 'DISPOSED' })
  })
})
