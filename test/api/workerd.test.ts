import { readFileSync } from 'node:fs'
import { describe, expect, it, vi } from 'vitest'
import { photograph } from '../helpers/photographs.ts'

// As the runtime does it: the import is a compiled module.
const compiled = vi.hoisted(() => (name: string) => async () => ({
  default: await WebAssembly.compile(readFileSync(new URL(`../../build/${name}`, import.meta.url))),
}))
vi.mock('mtcnn-wasm/mtcnn.wasm', compiled('mtcnn.wasm'))
vi.mock('mtcnn-wasm/mtcnn.relaxed.wasm', compiled('mtcnn.relaxed.wasm'))

const { MTCNN, MTCNNPool } = await import('../../src/index.workerd.ts')

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
