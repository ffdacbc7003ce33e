/**
 * The whole classic cascade, slowly: pyramid, P-Net, R-Net, O-Net. Its trace has the names of
 * test/fixtures/classic.json, so that either can stand for the other.
 */
import { type Candidate, type Corners, cellBox, regress, square, truncate } from './boxes.ts'
import type { Grid } from './conv.ts'
import { type OutputAnswer, onet, type Parameters, pnet, type RefineAnswer, rnet } from './nets.ts'
import { nms } from './nms.ts'
import { patchOf } from './patch.ts'
import { type Level, levels } from './pyramid.ts'
import { resizeU8 } from './resize.ts'

export interface ReferenceOptions {
  /** image pixels */
  minFaceSize: number
  scaleFactor: number
  /** P-Net, R-Net, O-Net */
  thresholds: readonly [number, number, number]
}

export interface ReferenceFace {
  /** x1, y1, x2, y2, not clipped */
  rect: Corners
  confidence: number
  /** left eye, right eye, nose, left and right corner of the mouth */
  points: [number, number][]
}

export interface ReferenceTrace {
  levels: { scale: number; cells: [columns: number, rows: number]; passed: number; afterNms: number }[]
  proposals: number
  /** squared and truncated, all of them */
  proposalBoxes: Corners[]
  /** of the boxes above, by descending score */
  proposalScores: number[]
  refineInput: number
  refinePassed: number
  refined: number
  /** squared and truncated, all of them */
  refinedBoxes: Corners[]
  outputPassed: number
  /** the score closest to each net's threshold, of all it gave: the distance and the score */
  closest: { proposal: number; refine: number; output: number }
}

/**
 * Detects faces in an RGB image, by descending confidence.
 *
 * image  height x width x 3 bytes
 */
export function referenceDetect(
  image: { data: Uint8Array; width: number; height: number },
  options: ReferenceOptions,
  parameters: Parameters,
): { faces: ReferenceFace[]; trace: ReferenceTrace } {
  const source: Grid<Uint8Array> = { ...image, channels: 3 }
  const [forProposal, forRefine, forOutput] = options.thresholds
  const closest = { proposal: Infinity, refine: Infinity, output: Infinity }
  const note = (net: keyof typeof closest, score: number, threshold: number) => {
    closest[net] = Math.min(closest[net], Math.abs(score - threshold))
  }

  const pool: Candidate[] = []
  const searched = levels(image.width, image.height, options.minFaceSize, options.scaleFactor).map((level) => {
    const map = pnet(resizeU8(source, level.height, level.width), parameters)
    for (const score of map.scores) note('proposal', score, forProposal)
    const passed = cellsOver(map, level, forProposal)
    const kept = pick(passed, nms(passed, 0.5, 'union'))
    pool.push(...kept)
    const cells: [number, number] = [map.width, map.height]
    return { scale: level.scale, cells, passed: passed.length, afterNms: kept.length }
  })
  const proposals = pick(pool, nms(pool, 0.7, 'union')).map(({ box, score, regression }) => ({
    box: truncate(square(regress(box, Array.from(regression), 0))),
    score,
  }))

  const refinePassed = answered(source, proposals, 24, (patch) => rnet(patch, parameters)).filter(({ answer }) => {
    note('refine', answer.score, forRefine)
    return answer.score > forRefine
  })
  const refined = pick(refinePassed, nms(refinePassed, 0.7, 'union')).map(({ box, answer }) => ({
    box: truncate(square(regress(box, Array.from(answer.regression), 1))),
  }))

  const outputPassed = answered(source, refined, 48, (patch) => onet(patch, parameters)).filter(({ answer }) => {
    note('output', answer.score, forOutput)
    return answer.score > forOutput
  })
  const regressed = outputPassed.map(({ box, score, answer }) => ({
    box: regress(box, Array.from(answer.regression), 1),
    score,
    points: pointsOf(box, answer),
  }))
  const faces = pick(regressed, nms(regressed, 0.7, 'min')).map(({ box, score, points }) => {
    return { rect: box, confidence: score, points }
  })

  const trace: ReferenceTrace = {
    levels: searched,
    proposals: proposals.length,
    proposalBoxes: proposals.map(({ box }) => box),
    proposalScores: proposals.map(({ score }) => score),
    refineInput: proposals.length,
    refinePassed: refinePassed.length,
    refined: refined.length,
    refinedBoxes: refined.map(({ box }) => box),
    outputPassed: outputPassed.length,
    closest,
  }
  return { faces, trace }
}

function pick<T>(from: readonly T[], indices: readonly number[]): T[] {
  return indices.map((index) => from[index]!)
}

/**
 * Cells at or over the threshold (not only over it: that is P-Net's rule alone), x outer, y inner.
 */
function cellsOver(map: ReturnType<typeof pnet>, { scale }: Level, threshold: number): Candidate[] {
  const found: Candidate[] = []
  for (let x = 0; x < map.width; x++) {
    for (let y = 0; y < map.height; y++) {
      const cell = y * map.width + x
      const score = map.scores[cell]!
      if (score < threshold) continue
      found.push({ box: cellBox(x, y, scale), score, regression: map.regressions.slice(4 * cell, 4 * cell + 4) })
    }
  }
  return found
}

/**
 * The net's answer for each box, in the order given. A box without a pixel has no patch and is left out.
 */
function answered<A extends RefineAnswer>(
  image: Grid,
  candidates: readonly { box: Corners }[],
  side: 24 | 48,
  net: (patch: Grid) => A,
): { box: Corners; score: number; answer: A }[] {
  return candidates.flatMap(({ box }) => {
    const patch = patchOf(image, box, side)
    if (!patch) return []
    const answer = net(patch)
    return [{ box, score: answer.score, answer }]
  })
}

/**
 * Landmarks in image pixels, from the box O-Net saw (before its own regression).
 */
function pointsOf([x1, y1, x2, y2]: Corners, { landmarks }: OutputAnswer): [number, number][] {
  const w = x2 - x1 + 1
  const h = y2 - y1 + 1
  return [0, 1, 2, 3, 4].map((n) => [w * landmarks[n]! + x1 - 1, h * landmarks[n + 5]! + y1 - 1])
}
