import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Explanation, MTCNN } from '../../src/index.node.ts'
import { type Photograph, photograph } from '../helpers/photographs.ts'

let detector: MTCNN
let image: Photograph
let told: Explanation

beforeAll(async () => {
  image = await photograph('tracking', 'examples/assets/faces.jpg')
  detector = await MTCNN.create()
  told = await detector.explain(image, { scores: true })
})

afterAll(() => detector.dispose())

describe('explain with scores', () => {
  it('tells the score of every cell of every level', () => {
    for (const { cells, passed, scores } of told.trace.levels) {
      expect(scores).toHaveLength(cells[0] * cells[1])
      expect(scores!.every((score) => score >= 0 && score <= 1)).toBe(true)
      // A cell this close to the threshold is decided in float64: the map has the fast kernel's word for it.
      const close = scores!.filter((score) => Math.abs(score - 0.6) < 1e-4).length
      expect(Math.abs(scores!.filter((score) => score >= 0.6).length - passed)).toBeLessThanOrEqual(close)
    }
    expect(told.trace.levels.some(({ passed }) => passed > 0)).toBe(true)
  })

  it('row by row: the best cell lies under the best proposal', () => {
    const best = told.trace.levels
      .flatMap(({ scale, cells: [columns], scores }) => {
        return Array.from(scores!, (score, n) => ({ score, scale, x: n % columns, y: Math.floor(n / columns) }))
      })
      .reduce((a, b) => (b.score > a.score ? b : a))
    expect(best.score).toBe(told.trace.proposalScores[0])
    const [x1, y1, x2, y2] = told.trace.proposalBoxes[0]!
    const centre = (cell: number) => (2 * cell + 6) / best.scale
    expect(centre(best.x)).toBeGreaterThan(x1)
    expect(centre(best.x)).toBeLessThan(x2)
    expect(centre(best.y)).toBeGreaterThan(y1)
    expect(centre(best.y)).toBeLessThan(y2)
  })

  it('changes nothing else', async () => {
    const { faces, trace } = await detector.explain(image)
    expect(told.faces).toEqual(faces)
    const plain = told.trace.levels.map(({ scores, ...level }) => level)
    expect({ ...told.trace, levels: plain, milliseconds: 0 }).toEqual({ ...trace, milliseconds: 0 })
    expect(trace.refinedBoxes).toHaveLength(trace.refined)
    expect(trace.refinedScores.every((score) => score >= 0.7)).toBe(true)
  })

  it('crosses from a worker', async () => {
    const away = await MTCNN.create({ worker: true })
    const { trace } = await away.explain(image, { scores: true })
    away.dispose()
    expect(trace.levels).toEqual(told.trace.levels)
  })

  it('is an option of explain only, true or false', async () => {
    await expect(detector.explain(image, { scores: 1 } as never)).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    await expect(detector.detectFaces(image, { scores: true } as never)).rejects.toThrow("unknown option 'scores'")
  })
})
