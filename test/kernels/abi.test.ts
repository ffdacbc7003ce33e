import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { TENSORS } from '../../src/assets/weights.ts'
import type { Kernels } from '../../src/wasm/abi.ts'
import { LANDMARKS_AT, OUTPUT_NET, REFINE_NET, REGRESSION_AT } from '../../src/wasm/nets.ts'

const bytes = readFileSync(new URL('../../build/mtcnn.wasm', import.meta.url))
const memory = new WebAssembly.Memory({ initial: 1 })
const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } })
const kernels = instance.exports as unknown as Kernels

describe('what the kernels say of themselves', () => {
  it('patches and answers are as the host reads and writes them', () => {
    expect(kernels.CANDIDATE.value).toBe(64)
    expect(kernels.RNET_PATCH.value).toBe(REFINE_NET.pitch ** 2 * 16)
    expect(kernels.ONET_PATCH.value).toBe(OUTPUT_NET.pitch ** 2 * 16)
    expect(kernels.RNET_ANSWER.value).toBe(REFINE_NET.answer)
    expect(kernels.ONET_ANSWER.value).toBe(OUTPUT_NET.answer)
    for (const { answer, scoreAt, name } of [REFINE_NET, OUTPUT_NET]) {
      expect(scoreAt).toBe(REGRESSION_AT + 4 + (name === 'onet' ? 10 : 0))
      expect(scoreAt).toBeLessThan(answer)
    }
    expect(LANDMARKS_AT).toBe(REGRESSION_AT + 4)
  })

  it('structs end where the host thinks they do', () => {
    // The host writes 3, 6, 9 and 14 words of them, and P-Net keeps six of its own behind.
    expect(kernels.FRAME.value).toBe(4 * 3)
    expect(kernels.CROP.value).toBe(4 * 6)
    expect(kernels.AREA_LEVEL.value).toBe(4 * (9 + 3))
    expect(kernels.LEVEL_SEARCH.value).toBe(4 * (14 + 6))
    expect(kernels.WARP.value).toBe(8 * 8 + 4 * 4 + 4 * 7)
  })

  it('parameters are as many as the container has', () => {
    const count = (net: string) =>
      TENSORS.filter(({ name }) => name.startsWith(net)).reduce((sum, { size }) => sum + size, 0)
    expect(kernels.PNET_PARAMETERS.value).toBe(count('pnet/'))
    expect(kernels.RNET_PARAMETERS.value).toBe(count('rnet/'))
    expect(kernels.ONET_PARAMETERS.value).toBe(count('onet/'))
  })

  it('sizes that depend on the image do not wrap where they are more than there is', () => {
    expect(kernels.patchWork(1e9)).toBeGreaterThan(2 ** 32)
    expect(kernels.levelWork(1e9)).toBeGreaterThan(2 ** 32)
    expect(kernels.levelState(1e9)).toBeGreaterThan(2 ** 32)
    expect(kernels.integralRow(1e9)).toBeGreaterThan(2 ** 32)
    expect(kernels.nmsWork(1e9)).toBeGreaterThan(2 ** 32)
    expect(kernels.warpWork(1e9)).toBeGreaterThan(2 ** 32)
  })

  it('nothing is kept between calls: no global of theirs can change', () => {
    const globals = Object.entries(instance.exports).filter(([, value]) => value instanceof WebAssembly.Global)
    expect(globals.length).toBeGreaterThan(10)
    for (const [name, global] of globals as [string, WebAssembly.Global][]) {
      expect(() => {
        global.value = 1
      }, name).toThrow(TypeError)
    }
    expect(mutableGlobals(bytes)).toBe(0)
  })
})

/** How many mutable globals a module declares, exported or not: the sixth section, whose entries are type, flag, initial value. */
function mutableGlobals(module: Uint8Array): number {
  let at = 8
  const number = () => {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = module[at++]!
      value += (byte & 127) << shift
      if (byte < 128) return value
    }
  }
  while (at < module.length) {
    const id = module[at++]!
    const size = number()
    if (id !== 6) {
      at += size
      continue
    }
    let mutable = 0
    for (let left = number(); left > 0; left--) {
      expect(module[at++], 'only i32 globals are expected').toBe(0x7f)
      mutable += module[at++]!
      expect(module[at++], 'a constant').toBe(0x41)
      number()
      expect(module[at++], 'its end').toBe(0x0b)
    }
    return mutable
  }
  return 0
}
