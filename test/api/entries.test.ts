import { afterEach, describe, expect, it, vi } from 'vitest'
import * as whole from '../../src/index.node.ts'
import * as slim from '../../src/slim.node.ts'

const NAMES = [
  'Detector',
  'DetectorPool',
  'MTCNN',
  'MTCNNPool',
  'MtcnnError',
  'NodeDetector',
  'anonymiseFaces',
  'scaleFaces',
  'selectFaces',
  'toReference',
]

describe('the entries', () => {
  it('export the same names, and one class of each kind', () => {
    expect(Object.keys(whole).sort()).toEqual(NAMES)
    expect(Object.keys(slim).sort()).toEqual(NAMES)
    const { MTCNN: _, MTCNNPool: __, ...shared } = whole
    expect(slim).toMatchObject(shared)
  })

  it('instanceof: by entry, by platform, and for every detector', async () => {
    const detector = await whole.MTCNN.create()
    const pool = await whole.MTCNNPool.create({ size: 1 })
    expect(detector).toBeInstanceOf(whole.MTCNN)
    expect(detector).toBeInstanceOf(whole.NodeDetector)
    expect(detector).toBeInstanceOf(whole.Detector)
    expect(detector).not.toBeInstanceOf(whole.DetectorPool)
    expect(detector).not.toBeInstanceOf(slim.MTCNN)
    expect(pool).toBeInstanceOf(whole.MTCNNPool)
    expect(pool).toBeInstanceOf(whole.DetectorPool)
    expect(pool).toBeInstanceOf(whole.Detector)
    expect(pool).not.toBeInstanceOf(whole.MTCNN)
    expect(whole.MTCNN.name).toBe('MTCNN')
    expect(typeof detector.stream).toBe('function')
    detector.dispose()
    pool.dispose()
  })
})

describe('using', () => {
  afterEach(() => {
    vi.unstubAllGlobals()
    vi.resetModules()
  })

  it('disposes of a detector at the end of the block', async () => {
    let kept: whole.MTCNN
    {
      using detector = await whole.MTCNN.create()
      kept = detector
    }
    await expect(kept.detectFaces({ data: new Uint8Array(3), width: 1, height: 1 })).rejects.toMatchObject({
      code: 'DISPOSED',
    })
  })

  it('has a name for compilers of it where the engine has none', async () => {
    const { dispose: _, ...names } = Object.getOwnPropertyDescriptors(Symbol)
    vi.stubGlobal(
      'Symbol',
      Object.defineProperties(() => undefined, names),
    )
    vi.resetModules()
    const { Using } = await import('../../src/api/using.ts')
    const dispose = vi.fn()
    class Detector extends Using {
      dispose = dispose
    }
    const methods = new Detector() as unknown as Record<symbol, () => void>
    methods[Symbol.for('Symbol.dispose')]!()
    expect(dispose).toHaveBeenCalledOnce()
  })
})
