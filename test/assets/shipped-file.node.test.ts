import { readFileSync } from 'node:fs'
import { crc32 as zlibCrc32 } from 'node:zlib'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { crc32 } from '../../src/assets/crc32.ts'
import { nativeCrc32, weightsFile } from '../../src/assets/shipped-file.node.ts'
import { parseWeights } from '../../src/assets/weights.ts'
import { sameBytes } from '../kernels/inputs.ts'

const bytesOf = (name: string) => readFileSync(new URL(`../../weights/${name}`, import.meta.url))

/** The module, in a place where every file has this content. */
async function moved(content: () => Promise<Uint8Array>) {
  vi.resetModules()
  vi.doMock('node:fs/promises', () => ({ readFile: content }))
  return import('../../src/assets/shipped-file.node.ts')
}

afterEach(() => {
  vi.doUnmock('node:fs/promises')
  vi.resetModules()
})

describe('weightsFile', () => {
  it.each(['f32', 'f16'] as const)('reads the weights that lie in the package: %s', async (dtype) => {
    const weights = await weightsFile(dtype)
    expect(weights?.dtype).toBe(dtype)
    expect(sameBytes(weights!.data, parseWeights(bytesOf(`mtcnn-${dtype}.bin`)).data)).toBe(true)
  })

  it('is undefined where the file is not there, so that the embedded ones serve', async () => {
    const module = await moved(() => Promise.reject(new Error('ENOENT')))
    expect(await module.weightsFile('f32')).toBeUndefined()
  })

  it.each([
    ['f32', 'f16'],
    ['f16', 'f32'],
  ] as const)('refuses a bundler that puts another file in its place: %s', async (asked, came) => {
    const { weightsFile } = await moved(async () => bytesOf(`mtcnn-${came}.bin`))
    await expect(weightsFile(asked)).rejects.toMatchObject({
      code: 'INVALID_WEIGHTS',
      message: expect.stringMatching(
        `^weights '${asked}' were asked for, but file://.*mtcnn-${asked}\\.bin holds '${came}'`,
      ),
    })
  })

  it('refuses a file that is damaged', async () => {
    const { weightsFile } = await moved(async () => bytesOf('mtcnn-f32.bin').subarray(0, 5000))
    await expect(weightsFile('f32')).rejects.toMatchObject({ code: 'INVALID_WEIGHTS' })
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
