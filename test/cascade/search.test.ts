import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Nets } from '../../src/cascade/context.ts'
import { planPyramid } from '../../src/cascade/pyramid.ts'
import { search } from '../../src/cascade/search.ts'
import type { Pixels } from '../../src/image/pixels.ts'
import { DEFAULT_OPTIONS, type DetectOptions } from '../../src/options/options.ts'
import { resolveOptions } from '../../src/options/resolve.ts'
import type { Core } from '../../src/wasm/core.ts'
import { createCore } from '../helpers/core.ts'
import { cut, type Photograph, photograph } from '../helpers/photographs.ts'
import { rejection } from '../helpers/refusal.ts'
import { referenceDetect } from '../reference/cascade.ts'
import { loadParameters } from '../reference/parameters.ts'

let core: Core
let image: Photograph

beforeAll(async () => {
  core = await createCore()
  image = cut(await photograph('tracking', 'examples/assets/faces.jpg'), 35, 60, 120, 140)
})

afterEach(() => vi.restoreAllMocks())

const pixelsOf = ({ data, width, height }: Photograph): Pixels => {
  return { data, width, height, channels: 3, order: 'rgb', stride: 3 * width }
}
const optionsOf = (options: DetectOptions) => resolveOptions(DEFAULT_OPTIONS, options)

/** A grey image, of which no cell passes. */
function grey(width: number, height: number): Pixels {
  return { data: new Uint8Array(width * height).fill(90), width, height, channels: 1, order: 'rgb', stride: width }
}

/** The core as the nets, with how often each was run. */
function counted(core: Core): Nets & { proposed: number } {
  return {
    proposed: 0,
    propose(...all) {
      this.proposed++
      return core.propose(...all)
    },
    run: (...all) => core.run(...all),
  }
}

describe('a search', () => {
  it('gives the faces of the naive twin, and its counts', async () => {
    const options = { minFaceSize: 40, scaleFactor: 0.709, thresholds: [0.6, 0.7, 0.7] } as const
    const { detections, trace } = await search(core, pixelsOf(image), optionsOf({ minFaceSize: 40 }), 'candidates')
    const expected = referenceDetect(image, options, loadParameters())
    expect(detections.length).toBe(expected.faces.length)
    expect(detections.length).toBe(1)
    const [{ x1, y1, x2, y2, confidence }] = detections as [(typeof detections)[0]]
    const { rect, confidence: wanted } = expected.faces[0]!
    for (const [n, edge] of [x1, y1, x2, y2].entries()) expect(edge).toBeCloseTo(rect[n]!, 2)
    expect(confidence).toBeCloseTo(wanted, 5)
    const { proposals, proposalBoxes, refinePassed, refined, outputPassed } = expected.trace
    expect(trace).toMatchObject({ proposals, proposalBoxes, refinePassed, refined, outputPassed })
  })

  it('adds its times up', async () => {
    const { trace } = await search(core, pixelsOf(image), optionsOf({}))
    const { total, ...parts } = trace.milliseconds
    const sum = Object.values(parts).reduce((a, b) => a + b)
    expect(sum).toBeLessThanOrEqual(total + 1e-6)
    expect(Math.min(...Object.values(parts))).toBeGreaterThanOrEqual(0)
  })

  it.each([
    ['one column', 1, 10_000_000],
    ['one row', 10_000_000, 1],
    ['a pixel short of a face', 19, 2_000_000],
  ])('of an image without a level, %s: no face, and no memory taken', async (_, width, height) => {
    const own = await createCore()
    const { bytes } = own
    const { detections, trace } = await search(own, grey(width, height), optionsOf({}), 'scores')
    expect(detections).toEqual([])
    expect(trace).toMatchObject({ levels: [], proposals: 0, refined: 0, outputPassed: 0 })
    expect(own.bytes).toBe(bytes)
    expect((await search(own, pixelsOf(image), optionsOf({ minFaceSize: 40 }))).detections.length).toBe(1)
  })
})

describe('an abort', () => {
  const reason = new Error('no longer wanted')

  /** A clock that goes on by 5 ms each time it is read, so that every second checkpoint gives way to other tasks. */
  function fakeClock(): void {
    let now = 0
    vi.spyOn(performance, 'now').mockImplementation(() => {
      now += 5
      return now
    })
  }

  /** Aborts at the n-th time that the search gives way to other tasks. */
  function abortAfter(turns: number): AbortSignal {
    const controller = new AbortController()
    let left = turns
    const next = () => {
      if (left-- <= 0) controller.abort(reason)
      else setImmediate(next)
    }
    setImmediate(next)
    return controller.signal
  }

  it('while an image comes in arrives before the first level is searched', async () => {
    fakeClock()
    const nets = counted(core)
    const large = grey(4000, 3000)
    await expect(search(core, large, optionsOf({ signal: abortAfter(2) }), 'counts', nets)).rejects.toBe(reason)
    expect(nets.proposed).toBe(0)
  })

  it('in the middle of a level arrives before the next', async () => {
    const controller = new AbortController()
    const nets = counted(core)
    let checkpoints = 0
    const stopping: Nets = {
      propose: (level, threshold, options) => {
        const checkpoint = () => {
          if (++checkpoints === 3) controller.abort(reason)
          return options.checkpoint!()
        }
        return nets.propose(level, threshold, { ...options, checkpoint })
      },
      run: nets.run,
    }
    const options = optionsOf({ signal: controller.signal })
    await expect(search(core, grey(1200, 900), options, 'counts', stopping)).rejects.toBe(reason)
    expect(checkpoints).toBe(3)
    expect(nets.proposed).toBe(1)
    // And the core goes on as if nothing had been.
    expect((await search(core, pixelsOf(image), optionsOf({ minFaceSize: 40 }))).detections.length).toBe(1)
  })

  it('without one, and with a signal that is never aborted, the answer is the same', async () => {
    fakeClock()
    const plain = await search(core, pixelsOf(image), optionsOf({ minFaceSize: 10 }))
    const { signal } = new AbortController()
    const watched = await search(core, pixelsOf(image), optionsOf({ minFaceSize: 10, signal }))
    expect(watched.detections).toEqual(plain.detections)
    expect(plain.detections.length).toBeGreaterThan(0)
  })
})

describe('between two checkpoints lies no more work than some milliseconds take, whatever the size of the image', () => {
  it('bringing in and resizing 12 megapixels: 128 kB of the image', async () => {
    const { width, height, ...rest } = grey(4000, 3000)
    const levels = planPyramid(width, height, 20, 0.709)
    const between: number[] = [0]
    const addTime = (sum: 'load' | 'resize') => {
      if (sum === 'load') between.push(between.pop()! + 1)
    }
    const checkpoint = () => void between.push(0)
    const region = { x: 0, y: 0, width, height }
    await core.loadFrame({ ...rest, width, height }, region, levels, { addTime, checkpoint })
    // A portion between two checkpoints, and a byte a pixel.
    expect(Math.max(...between)).toBe(1)
    expect(between.length).toBeGreaterThanOrEqual(Math.floor((width * height) / 2 ** 17))
  })

  it('levels larger than the image: 65,536 pixels, or a row', async () => {
    const image = grey(800, 600)
    const levels = planPyramid(800, 600, 4, 0.709)
    const enlarged = levels.filter(({ width }) => width > 800)
    let checkpoints = 0
    const checkpoint = () => {
      checkpoints++
    }
    await core.loadFrame(image, { x: 0, y: 0, width: 800, height: 600 }, levels, { checkpoint })
    const pixels = enlarged.reduce((sum, { width, height }) => sum + width * height, 0)
    expect(checkpoints).toBeGreaterThanOrEqual(Math.floor(pixels / 2 ** 16))
  })

  it('P-Net over the first level of 12 megapixels: 16 bands of 192 x 4 cells', async () => {
    const image = grey(4000, 3000)
    const level = planPyramid(4000, 3000, 20, 0.709)[0]!
    await core.loadFrame(image, { x: 0, y: 0, width: 4000, height: 3000 }, [level])
    let checkpoints = 0
    const checkpoint = () => {
      checkpoints++
    }
    expect(await core.propose(level, 0.6, { checkpoint })).toBe(0)
    const cells = (level.width / 2 - 5) * (level.height / 2 - 5)
    expect(checkpoints).toBeGreaterThanOrEqual(Math.floor(cells / (16 * 192 * 4)))
  })

  it('cutting patches: one', async () => {
    const { signal } = new AbortController()
    const reads = vi.spyOn(signal, 'throwIfAborted')
    const { trace } = await search(core, pixelsOf(image), optionsOf({ signal }))
    expect(trace.proposals).toBeGreaterThan(5)
    expect(reads.mock.calls.length).toBeGreaterThanOrEqual(trace.proposals + trace.refined + trace.levels.length)
  })
})

describe('pixels whose length is forged, or that go away', () => {
  it('a forged length is seen through', async () => {
    const seen = pixelsOf(image)
    await search(core, seen, optionsOf({ minFaceSize: 40 }))
    const data = new Uint8Array(30)
    for (const name of ['length', 'byteLength']) Object.defineProperty(data, name, { value: 1e9 })
    Object.defineProperty(data, 'subarray', { value: () => seen.data })
    const error = await rejection(search(core, { ...seen, data }, optionsOf({ minFaceSize: 40 })))
    expect(error).toMatchObject({ code: 'INVALID_IMAGE', message: expect.stringContaining('got 30') })
  })

  it.each(['handed over', 'made smaller'])('bytes that are %s while they are read', async (how) => {
    const [width, height] = [1000, 900]
    const Resizable = ArrayBuffer as unknown as new (bytes: number, options: object) => ArrayBuffer
    const buffer = new Resizable(width * height, { maxByteLength: width * height })
    const data = new Uint8Array(buffer)
    const levels = planPyramid(width, height, 40, 0.709)
    const pixels = { data, width, height, channels: 1, order: 'rgb', stride: width } as const
    let checkpoints = 0
    const checkpoint = () => {
      if (++checkpoints !== 3) return
      if (how === 'handed over') structuredClone(buffer, { transfer: [buffer] })
      else (buffer as unknown as { resize(bytes: number): void }).resize(10)
    }
    const error = await rejection(core.loadFrame(pixels, { x: 0, y: 0, width, height }, levels, { checkpoint }))
    expect(error.code).toBe('INVALID_IMAGE')
    expect(checkpoints).toBe(3)
  })
})
