import { afterAll, beforeAll, expect, it } from 'vitest'
import { MTCNN } from '../../src/index.node.ts'
import { optionsOf } from '../helpers/classic.ts'
import { hashOfFaces } from '../helpers/hash.ts'
import { fixtureImage, fixtureName, fixtures } from '../helpers/photographs.ts'

let detector: MTCNN
beforeAll(async () => {
  detector = await MTCNN.create()
})
afterAll(() => detector.dispose())

/**
 * The answers to the last bit, so that engines can be compared with one another and a change of the kernels that moves
 * a rounding is noticed. After such a change: npx vitest run test/detector/hashes.test.ts --update
 */
it('every fixture gives the bits in test/fixtures/hashes.json', async () => {
  const hashes: Record<string, string> = {}
  for (const fixture of fixtures) {
    const faces = await detector.detectFaces(await fixtureImage(fixture), optionsOf(fixture))
    hashes[fixtureName(fixture)] = hashOfFaces(faces)
  }
  expect(Object.keys(hashes).length).toBe(fixtures.length)
  await expect(`${JSON.stringify(hashes, null, 2)}\n`).toMatchFileSnapshot('../fixtures/hashes.json')
})
