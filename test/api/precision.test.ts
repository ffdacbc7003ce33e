import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MTCNN } from '../../src/index.node.ts'
import { actualFace, optionsOf } from '../helpers/classic.ts'
import { expectFaces } from '../helpers/expectations.ts'
import { fixtureImage, fixtureName, fixtures } from '../helpers/photographs.ts'

/** Whether this engine can run the build with fused multiply-adds: Node 20 cannot, Node 24 can (npm run test:engines). */
const fused = WebAssembly.validate(readFileSync(new URL('../../build/mtcnn.relaxed.wasm', import.meta.url)))

describe("precision 'fast'", () => {
  let detector: MTCNN
  beforeAll(async () => {
    detector = await MTCNN.create({ precision: 'fast' })
  })
  afterAll(() => detector.dispose())

  it('runs relaxed SIMD exactly where the engine has it, and says so', async () => {
    expect(detector.info.kernels).toBe(fused ? 'relaxed-simd' : 'simd')
    expect(detector.info.reason).toBe(
      fused
        ? "precision is 'fast', and the engine has relaxed SIMD"
        : "precision is 'fast', but the engine has no relaxed SIMD",
    )
    const inWorker = await MTCNN.create({ precision: 'fast', worker: true })
    expect([inWorker.info.kernels, inWorker.info.reason]).toEqual([detector.info.kernels, detector.info.reason])
    inWorker.dispose()
    const exact = await MTCNN.create()
    expect(exact.info).toMatchObject({ kernels: 'simd', reason: "precision is 'exact': the same bits on every engine" })
    exact.dispose()
  })

  it.each(fixtures.map((fixture) => ({ name: fixtureName(fixture), fixture })))('$name', async ({ fixture }) => {
    const faces = await detector.detectFaces(await fixtureImage(fixture), optionsOf(fixture))
    expectFaces(faces.map(actualFace), fixture.faces)
  })
})
