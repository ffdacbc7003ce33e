import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { Kernels } from '../../src/wasm/abi.ts'
import { PLAN } from '../../src/wasm/levels.ts'
import { OUTPUT_NET, REFINE_NET } from '../../src/wasm/nets.ts'

// The host and the kernels each say how long a patch, an answer and a candidate are.
it('the host plans with the sizes the kernels use', async () => {
  const bytes = readFileSync(new URL('../../build/mtcnn.wasm', import.meta.url))
  const memory = new WebAssembly.Memory({ initial: 1 })
  const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } })
  const kernels = instance.exports as unknown as Kernels
  expect(kernels.CANDIDATE.value).toBe(64)
  expect(kernels.AREA_LEVEL.value).toBe(PLAN)
  expect(kernels.RNET_PATCH.value).toBe(REFINE_NET.pitch ** 2 * 16)
  expect(kernels.ONET_PATCH.value).toBe(OUTPUT_NET.pitch ** 2 * 16)
  expect(kernels.RNET_ANSWER.value).toBe(REFINE_NET.answer)
  expect(kernels.ONET_ANSWER.value).toBe(OUTPUT_NET.answer)
})
