import { expect, it } from 'vitest'
import { throughPool } from './pools.ts'

it('a page that is not isolated hands buffers over to the workers of its pool, and gets them back', async () => {
  expect(crossOriginIsolated).toBe(false)
  const { found, wanted, extracted, wantedCrops, buffers, transferred, unchanged } = await throughPool()
  expect(found).toEqual(wanted)
  expect(extracted).toEqual([wantedCrops, wantedCrops.faces, wantedCrops])
  expect(transferred).toBe(buffers.length)
  expect(buffers.length).toBeGreaterThanOrEqual(15)
  expect(unchanged).toBe(true)
})
