import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { shippedKernels } from '../../src/assets/embedded-kernels.ts'
import { shippedWeights } from '../../src/assets/embedded-weights.ts'
import { emittedOrEmbedded } from '../../src/assets/emitted.browser.ts'
import { parseWeights } from '../../src/assets/weights.ts'
import { sameBytes } from '../kernels/inputs.ts'

const file = (path: string) => new Uint8Array(readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url))))

describe('what is embedded is what the files hold, byte for byte', () => {
  it.each([
    ['simd', 'build/mtcnn.wasm'],
    ['relaxed-simd', 'build/mtcnn.relaxed.wasm'],
  ] as const)('kernels: %s', async (kernels, path) => {
    expect(sameBytes(await shippedKernels({ kernels, reason: '' }), file(path))).toBe(true)
  })

  it.each(['f32', 'f16'] as const)('weights: %s', async (dtype) => {
    const embedded = await shippedWeights(dtype)
    expect(embedded.dtype).toBe(dtype)
    expect(sameBytes(embedded.data, parseWeights(file(`weights/mtcnn-${dtype}.bin`)).data)).toBe(true)
  })

  it('in browsers too, where no bundler is known to make files', async () => {
    const weights = await emittedOrEmbedded('f16')
    if (weights instanceof URL) throw new Error(`an address: ${weights}`)
    expect(weights.dtype).toBe('f16')
  })
})

it('weights in another precision than was asked for are refused', async () => {
  vi.resetModules()
  vi.doMock('../../weights/mtcnn-f32.bin', () => import('../../weights/mtcnn-f16.bin'))
  onTestFinished(() => {
    vi.doUnmock('../../weights/mtcnn-f32.bin')
    vi.resetModules()
  })
  const { shippedWeights } = await import('../../src/assets/embedded-weights.ts')
  await expect(shippedWeights('f32')).rejects.toMatchObject({
    code: 'INVALID_WEIGHTS',
    message: expect.stringMatching(/^weights 'f32' were asked for, but .*mtcnn-f32\.bin.* holds 'f16'/),
  })
})
