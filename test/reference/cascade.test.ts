import { describe, expect, it } from 'vitest'
import { expectFaces, expectTrace } from '../helpers/expectations.ts'
import { fixtureImage, fixtureName, fixtures } from '../helpers/photographs.ts'
import { referenceDetect } from './cascade.ts'
import { loadParameters } from './parameters.ts'

/** Every image the slow cascade answers in a few seconds; the large photographs are left to the real detector. */
const small = fixtures.filter(({ image }) => image.width * image.height <= 600 * 720)

describe('the naive cascade gives the reference package its answers', () => {
  const parameters = loadParameters()

  it('on most of the fixtures', () => {
    expect(small.length).toBe(18)
  })

  it.each(small.map((fixture) => ({ name: fixtureName(fixture), fixture })))(
    '$name',
    async ({ fixture }) => {
      const { faces, trace } = referenceDetect(await fixtureImage(fixture), fixture.options, parameters)
      expectTrace(trace, fixture.trace)
      expectFaces(faces, fixture.faces)
    },
    60_000,
  )
})
