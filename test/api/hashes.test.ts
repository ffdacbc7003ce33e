import { afterAll, beforeAll, expect, it } from 'vitest'
import { MTCNN } from '../../src/index.node.ts'
import { optionsOf } from '../helpers/classic.ts'
import { hashOfFaces } from '../helpers/hash.ts'
import { fixtureImage, fixtureName, fixtures } from '../helpers/photographs.ts'

let detector: MTCNN
let accurate: MTCNN
beforeAll(async () => {
  detector = await MTCNN.create()
  accurate = await MTCNN.create({ preset: 'accurate', clip: false })
})
afterAll(() => {
  detector.dispose()
  accurate.dispose()
})

/**
 * The answers to the last bit, so that engines can be compared with one another and a change of the kernels that moves
 * a rounding is noticed. After such a change: npx vitest run test/api/hashes.test.ts --update
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

it("with the preset 'accurate', those in test/fixtures/accurate-hashes.json", async () => {
  const hashes: Record<string, string> = {}
  for (const fixture of fixtures) {
    const [proposal, refine, output] = fixture.options.thresholds
    const { minFaceSize, scaleFactor } = fixture.options
    const thresholds = { proposal, refine, output }
    const faces = await accurate.detectFaces(await fixtureImage(fixture), { minFaceSize, scaleFactor, thresholds })
    hashes[fixtureName(fixture)] = hashOfFaces(faces)
  }
  await expect(`${JSON.stringify(hashes, null, 2)}\n`).toMatchFileSnapshot('../fixtures/accurate-hashes.json')
})
