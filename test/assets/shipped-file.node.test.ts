import { readFileSync } from 'node:fs'
import { crc32 as zlibCrc32 } from 'node:zlib'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { crc32 } from '../../src/assets/crc32.ts'
import { nativeCrc32, shippedFile } from '../../src/assets/shipped-file.node.ts'
import { sameBytes } from '../kernels/inputs.ts'

afterEach(() => {
  vi.doUnmock('node:fs/promises')
  vi.resetModules()
})

describe('shippedFile', () => {
  it.each(['f32', 'f16'] as const)('reads the weights that lie in the package: %s', async (dtype) => {
    const wanted = readFileSync(new URL(`../../weights/mtcnn-${dtype}.bin`, import.meta.url))
    expect(sameBytes((await shippedFile(dtype))!, wanted)).toBe(true)
  })

  it('is undefined where the file is not there, so that the embedded ones serve', async () => {
    vi.resetModules()
    vi.doMock('node:fs/promises', () => ({ readFile: () => Promise.reject(new Error('ENOENT')) }))
    const moved = await import('../../src/assets/shipped-file.node.ts')
    expect(await moved.shippedFile('f32')).toBeUndefined()
  })
})

describe('nativeCrc32', () => {
  it('is that of this Node where it has one, and gives what ours gives', () => {
    expect(nativeCrc32).toBe(zlibCrc32)
    const bytes = Uint8Array.from({ length: 1003 }, (_, n) => (n * 31) & 255)
    if (nativeCrc32) expect(nativeCrc32(bytes)).toBe(crc32(bytes))
    // The check value of CRC-32.
    expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926)
  })
})
