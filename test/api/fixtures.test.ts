import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MTCNN, toReference } from '../../src/index.node.ts'
import { actualFace, explainFixture, optionsOf } from '../helpers/classic.ts'
import { expectFaces, expectTrace } from '../helpers/expectations.ts'
import { fixtureImage, fixtureName, fixtures } from '../helpers/photographs.ts'

describe("preset 'classic' gives the reference package's answers", () => {
  let detector: MTCNN
  beforeAll(async () => {
    detector = await MTCNN.create()
  })
  afterAll(() => detector.dispose())

  it('on 26 pairs of an image and options', () => {
    expect(fixtures.length).toBe(26)
  })

  it.each(fixtures.map((fixture) => ({ name: fixtureName(fixture), fixture })))('$name', async ({ fixture }) => {
    const { faces, trace } = await explainFixture(detector, fixture)
    expect([trace.proposalBoxes.length, trace.proposalScores.length]).toEqual([trace.proposals, trace.proposals])
    expectTrace(trace, fixture.trace)
    expectFaces(faces.map(actualFace), fixture.faces)
    // Its own integers, which do not depend on clipping; where two faces have nearly the same score in either order.
    const boxes = (list: typeof faces) =>
      toReference(list)
        .map(({ box }) => box.join(' '))
        .sort()
    const expected = fixture.faces.map(({ box }) => box.join(' ')).sort()
    expect(boxes(faces)).toEqual(expected)
    const clipped = await detector.detectFaces(await fixtureImage(fixture), { ...optionsOf(fixture), clip: true })
    expect(boxes(clipped)).toEqual(expected)
  })
})
