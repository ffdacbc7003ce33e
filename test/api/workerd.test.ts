import { readFileSync } from 'node:fs'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { photograph } from '../helpers/photographs.ts'

// As the runtime does it: the import is a compiled module.
const compiled = vi.hoisted(() => (name: string) => async () => ({
  default: await WebAssembly.compile(readFileSync(new URL(`../../build/${name}`, import.meta.url))),
}))
vi.mock('mtcnn-wasm/mtcnn.wasm', compiled('mtcnn.wasm'))
vi.mock('mtcnn-wasm/mtcnn.wasm?module', compiled('mtcnn.wasm'))
vi.mock('mtcnn-wasm/mtcnn.relaxed.wasm', compiled('mtcnn.relaxed.wasm'))

const workerd = await import('../../src/index.workerd.ts')
const { MTCNN, MTCNNPool } = workerd
const edge = await import('../../src/index.edge.ts')

it('both entries export what the one for browsers does, whose types they have', async () => {
  const names = Object.keys(await import('../../src/index.ts'))
  expect(names).toContain('anonymiseFaces')
  expect(Object.keys(workerd).sort()).toEqual([...names].sort())
  expect(Object.keys(edge).sort()).toEqual([...names].sort())
})

describe('the entry for workerd', () => {
  it('finds faces without a worker, with either build', async () => {
    const image = await photograph('tracking', 'examples/assets/faces.jpg')
    for (const precision of ['exact', 'fast'] as const) {
      const detector = await MTCNN.create({ precision })
      expect(await detector.detectFaces(image)).toHaveLength(3)
      expect(detector.info.worker).toBe(false)
    }
  })

  it('has a pool that is a class, and that says why it cannot be created', async () => {
    class Own extends MTCNNPool {}
    expect(Own.prototype).toBeInstanceOf(MTCNNPool)
    expect({}).not.toBeInstanceOf(MTCNNPool)
    await expect(MTCNNPool.create({ size: 2 })).rejects.toMatchObject({
      code: 'WORKER_FAILED',
      message: expect.stringContaining('no workers'),
    })
    await expect(MTCNN.create({ worker: true })).rejects.toMatchObject({ code: 'WORKER_FAILED' })
  })
})

describe('the entry for the Edge Runtime', () => {
  it('finds the same faces, with either weights', async () => {
    const image = await photograph('tracking', 'examples/assets/faces.jpg')
    const detector = await MTCNN.create()
    const wanted = await detector.detectFaces(image)
    for (const weights of ['f32', 'f16'] as const) {
      const own = await edge.MTCNN.create({ weights })
      expect(own.info).toMatchObject({ kernels: 'simd', worker: false, weights })
      const faces = await own.detectFaces(image)
      if (weights === 'f32') expect(faces).toEqual(wanted)
      else expect(faces).toHaveLength(3)
    }
  })

  it('says what it lacks: fused multiply-adds, workers', async () => {
    // Whatever this engine has.
    const validate = vi.spyOn(WebAssembly, 'validate').mockReturnValue(true)
    onTestFinished(() => validate.mockRestore())
    await expect(edge.MTCNN.create({ precision: 'fast' })).rejects.toMatchObject({
      code: 'UNSUPPORTED_PLATFORM',
      message: expect.stringContaining("'exact'"),
    })
    await expect(edge.MTCNN.create({ worker: true })).rejects.toMatchObject({ code: 'WORKER_FAILED' })
    await expect(edge.MTCNNPool.create()).rejects.toMatchObject({ code: 'WORKER_FAILED' })
  })
})
