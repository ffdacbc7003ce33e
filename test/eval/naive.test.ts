import { describe, expect, it } from 'vitest'
import { measure } from '../../bench/eval/measure.ts'
import { SETTINGS, type Setting, type Truth } from '../../bench/eval/truth.ts'
import { random } from '../helpers/random.ts'
import { exactAveragePrecision, naiveAveragePrecision, naiveCounts, type Region, type Scene } from './naive.ts'

/** Crowds with invalid faces, faces outside a split, detections twice, beside and in between. */
function madeSet(seed: number, images: number) {
  const next = random(seed)
  const around = (face: Region, most: number): Region => ({
    x: face.x + (next() - 0.5) * most * face.width,
    y: face.y + (next() - 0.5) * most * face.height,
    width: face.width * (1 + (next() - 0.5) * most),
    height: face.height * (1 + (next() - 0.5) * most),
  })
  const somewhere = (): Region => {
    const side = 8 * 30 ** next()
    return { x: 600 * next(), y: 400 * next(), width: side, height: 1.2 * side }
  }
  return Array.from({ length: images }, (_, n) => {
    const faces = Array.from({ length: Math.floor(12 * next() ** 2) }, somewhere)
    const valid = faces.map(() => next() < 0.9)
    const hard = valid.map((mark) => mark && next() < 0.9)
    const medium = hard.map((mark) => mark && next() < 0.7)
    const easy = medium.map((mark) => mark && next() < 0.7)
    const boxes = faces.flatMap((face) => Array.from({ length: Math.floor(2.4 * next()) }, () => around(face, 0.4)))
    const stray = Array.from({ length: Math.floor(2.5 * next()) }, somewhere)
    // A face is surer than what is none, though not always.
    const found = [
      ...boxes.map((box) => ({ box, confidence: 1 - next() ** 2 })),
      ...stray.map((box) => ({ box, confidence: next() ** 2 })),
    ]
    return { file: `event/${n}.jpg`, faces, valid, counts: { easy, medium, hard }, found }
  })
}

describe('the figures', () => {
  it.each([1, 2, 3])('are those of a plain evaluation of the same detections (set %i)', (seed) => {
    const set = madeSet(seed, 150)
    const truth: Truth = { images: set, splits: 'made' }
    // Not in order: the evaluation has to sort.
    const detections = { faces: set.map(({ found }) => found), landmarkFaces: [] }
    const options = { confidence: 0.7, falsePositives: undefined, rounds: 0, seed: 1 }
    const { ap, ...figures } = measure(truth, [], [detections], options)[0]!.faces!
    const scenes = (counts: (image: (typeof set)[number]) => boolean[]): Scene[] =>
      set.map((image) => ({ faces: image.faces, counts: counts(image), found: image.found }))
    for (const setting of SETTINGS) {
      const split = scenes(({ counts }) => counts[setting as Setting])
      expect(ap[setting].value).toBeGreaterThan(0.2)
      expect(ap[setting].value).toBeLessThan(0.95)
      expect(ap[setting].value).toBeCloseTo(naiveAveragePrecision(split), 12)
      // What it costs that detections between two of the thousand thresholds come in together.
      expect(Math.abs(ap[setting].value - exactAveragePrecision(split))).toBeLessThan(0.004)
    }
    const counts = naiveCounts(
      scenes(({ valid }) => valid),
      0.7,
    )
    expect(counts.falsePositives).toBeGreaterThan(20)
    expect({ detections: figures.detections, falsePositives: figures.falsePositives }).toEqual(counts)
  })
})
