import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import version from '../../package.json?version'
import { stamped } from '../../rollup.config.js'
import { MTCNN as Whole } from '../../src/index.node.ts'
import { MTCNN, MTCNNPool } from '../../src/slim.node.ts'
import { type Photograph, photograph } from '../helpers/photographs.ts'

const file = (path: string) => new URL(`../../${path}`, import.meta.url)
const plain = readFileSync(file('build/mtcnn.wasm'))
const module = stamped(plain, `${version} simd`)
const weights = file('weights/mtcnn-f32.bin')
let image: Photograph

beforeAll(async () => {
  image = await photograph('tracking', 'examples/assets/faces.jpg')
})

describe('the slim entry', () => {
  it('gives the same bits, with kernels as bytes or compiled, here or in a worker', async () => {
    const whole = await Whole.create()
    const wanted = await whole.detectFaces(image)
    expect(wanted.length).toBeGreaterThan(0)
    const ways = [
      { module },
      { module: new Uint8Array(module).buffer },
      { module: await WebAssembly.compile(module) },
      { module: await WebAssembly.compile(module), worker: true },
      { module, worker: true },
    ]
    for (const way of ways) {
      const detector = await MTCNN.create({ weights, ...way })
      expect(await detector.detectFaces(image)).toEqual(wanted)
      expect(detector.info).toMatchObject({ kernels: 'simd', reason: "option 'module' holds them" })
      detector.dispose()
    }
    const pool = await MTCNNPool.create({ module, weights, size: 1 })
    expect(await pool.detectFaces(image)).toEqual(wanted)
    pool.dispose()
    whole.dispose()
  })

  it('asks for what is missing', async () => {
    const create = MTCNN.create as (options?: object) => Promise<MTCNN>
    await expect(create()).rejects.toThrow("option 'module' is needed here")
    await expect(create({ module })).rejects.toThrow("option 'weights' is needed here")
    await expect(create({ module, weights: 'f16' })).rejects.toThrow("option 'weights' is needed here")
    await expect(create({ module: 'missing.wasm', weights })).rejects.toThrow(
      'could not read the kernels from "missing',
    )
    const gone = new ArrayBuffer(8)
    const view = new Uint8Array(gone)
    structuredClone(gone, { transfer: [gone] })
    await expect(create({ module: gone, weights })).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    for (const lost of [gone, view]) {
      await expect(create({ module, weights: lost })).rejects.toMatchObject({ code: 'INVALID_WEIGHTS' })
    }
    await expect(create({ module, weights, precision: 'fast' })).rejects.toMatchObject({ code: 'INVALID_OPTION' })
  })

  it.each([
    ['not WebAssembly', Buffer.from('<!doctype html>'), /of something else/],
    ['another module', plain, /got another module/],
    [
      'another version',
      stamped(plain, '0.0.9 simd'),
      /got the kernels of 0\.0\.9: take the file from the same version/,
    ],
    ['another build', stamped(plain, `${version} threads`), /must be mtcnn.wasm/],
  ])('refuses a file that is %s', async (_, module, message) => {
    await expect(MTCNN.create({ module, weights })).rejects.toThrow(message)
    await expect(Whole.create({ module })).rejects.toThrow(message)
  })
})
