import { describe, expect, it } from 'vitest'
import { type ActualFace, type ActualTrace, expectFaces, expectTrace } from './expectations.ts'
import { type Fixture, fixtures } from './photographs.ts'

const fixture = fixtures[0]!
const fails = (run: () => void) => expect(run).toThrow(/AssertionError|expected/)

/** A fixture's own trace, with distinct scores, as an answer that must pass; `change` spoils it. */
function trace(change: (trace: Fixture['trace']) => void = () => {}): ActualTrace {
  const scores = fixture.trace.proposalBoxes.map((_, n) => 1 - n / 1e3)
  const copy = structuredClone(fixture.trace)
  change(copy)
  return { ...copy, proposalScores: scores }
}

describe('expectTrace', () => {
  const holds = (actual: ActualTrace) => expectTrace(actual, fixture.trace)

  it('holds for the fixture itself, and for a scale off by its last bit', () => {
    holds(trace())
    holds(trace(({ levels }) => (levels[3]!.scale *= 1 + 2 ** -53 * 1.5)))
  })

  it('fails on any count, scale or number of levels', () => {
    fails(() => holds(trace((t) => t.proposals++)))
    fails(() => holds(trace((t) => t.refinePassed--)))
    fails(() => holds(trace((t) => t.refined++)))
    fails(() => holds(trace((t) => t.outputPassed++)))
    fails(() => holds(trace(({ levels }) => levels[2]!.passed++)))
    fails(() => holds(trace(({ levels }) => levels[2]!.afterNms++)))
    fails(() => holds(trace(({ levels }) => (levels[1]!.scale *= 1 + 1e-15))))
    fails(() => holds({ ...trace(), levels: fixture.trace.levels.slice(1) }))
  })

  it('fails on a box that is missing, off by a pixel or listed twice', () => {
    fails(() => holds(trace(({ proposalBoxes }) => proposalBoxes.pop())))
    fails(() => holds(trace(({ proposalBoxes }) => (proposalBoxes[5]![0]! += 1))))
    fails(() => holds(trace(({ proposalBoxes }) => (proposalBoxes[5] = proposalBoxes[4]!))))
  })

  it('lets boxes change places only where their scores are nearly equal', () => {
    const swap = ({ proposalBoxes: boxes }: Fixture['trace']) => {
      boxes.splice(4, 2, boxes[5]!, boxes[4]!)
    }
    const scores = (step: number) => fixture.trace.proposalBoxes.map((_, n) => 1 - n * step)
    holds({ ...trace(swap), proposalScores: scores(2e-5) })
    fails(() => holds({ ...trace(swap), proposalScores: scores(4e-5) }))
    fails(() => holds({ ...trace(swap), proposalScores: [] }))
  })
})

describe('expectFaces', () => {
  const holds = (actual: ActualFace[]) => expectFaces(actual, fixture.faces)
  const faces = (change: (faces: Fixture['faces']) => void = () => {}): ActualFace[] => {
    const copy = structuredClone(fixture.faces)
    change(copy)
    return copy
  }

  it('holds for the fixture itself and for small differences', () => {
    holds(faces())
    holds(faces((f) => (f[1]!.rect[2]! += 0.019)))
  })

  it('fails on a missing, moved, doubled or differently sure face', () => {
    fails(() => holds(faces((f) => f.pop())))
    fails(() => holds(faces((f) => (f[1]!.rect[2]! += 0.021))))
    fails(() => holds(faces((f) => (f[1]!.points[4]![1] -= 0.021))))
    fails(() => holds(faces((f) => (f[2]!.confidence -= 6e-5))))
    fails(() => holds(faces((f) => (f[1] = f[0]!))))
    fails(() => holds(faces((f) => f.push(structuredClone(f[0]!)))))
  })

  it('fails on faces not by descending confidence', () => {
    const sure = fixtures.find((entry) => entry.faces.length > 3)!
    fails(() => expectFaces([...sure.faces].reverse(), sure.faces))
  })
})
