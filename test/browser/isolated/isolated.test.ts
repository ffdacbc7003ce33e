import { expect, it, onTestFinished } from 'vitest'
import { MTCNN, MTCNNPool } from '../../../src/index.ts'
import { hashOfFaces } from '../../helpers/hash.ts'
import { photographBytes } from '../pixels.ts'
import { throughPool } from '../pools.ts'

const image = async () => ({ data: await photographBytes(), width: 600, height: 346 })

it('the page is cross-origin isolated', () => {
  expect(crossOriginIsolated).toBe(true)
})

it('a worker, this thread, a pool and several threads work there, on shared memory too', async () => {
  const here = await MTCNN.create({ worker: false })
  const expected = hashOfFaces(await here.detectFaces(await image()))
  const there = await MTCNN.create({ worker: true })
  const pool = await MTCNNPool.create({ size: 2 })
  const threads = await MTCNN.create({ threads: 3 })
  onTestFinished(() => {
    there.dispose()
    pool.dispose()
    threads.dispose()
  })
  const { data, width, height } = await image()
  const shared = new Uint8Array(new SharedArrayBuffer(data.length))
  shared.set(data)
  for (const detector of [here, there, pool, threads]) {
    expect(hashOfFaces(await detector.detectFaces({ data: shared, width, height }))).toBe(expected)
    expect(await detector.detectFaces('/pictures/faces.png')).toHaveLength(3)
  }
})

it('the bytes of a file may lie in memory that threads share', async () => {
  const detector = await MTCNN.create()
  onTestFinished(() => detector.dispose())
  const bytes = new Uint8Array(await (await fetch('/pictures/faces.png')).arrayBuffer())
  const buffer = new SharedArrayBuffer(bytes.length)
  new Uint8Array(buffer).set(bytes)
  expect(await detector.detectFaces(buffer)).toHaveLength(3)
  expect(await detector.detectFaces(new Uint8Array(buffer))).toHaveLength(3)
})

it('a pool there writes pixels into shared memory, into the same again and again', async () => {
  const { found, wanted, extracted, wantedCrops, buffers, transferred } = await throughPool()
  expect(found).toEqual(wanted)
  expect(extracted).toEqual([wantedCrops, wantedCrops.faces, wantedCrops])
  expect(transferred).toBe(0)
  expect(buffers.every((buffer) => buffer instanceof SharedArrayBuffer)).toBe(true)
  // One at work and one ahead for each of two workers.
  expect(new Set(buffers).size).toBeLessThanOrEqual(4)
})
