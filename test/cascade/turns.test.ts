import { describe, expect, it } from 'vitest'
import type { Detection } from '../../src/cascade/context.ts'
import { boxInRegion, inRegion, mergeTurns, pointInRegion, type TurnOutcome, touches } from '../../src/cascade/turns.ts'
import { emptyTrace } from '../../src/shared/trace.ts'
import { TURNS, type Turn } from '../../src/shared/turn.ts'
import { frameSize } from '../../src/wasm/frame-writer.ts'

const region = { width: 40, height: 30 }

/** A face of 10 px at (x, y); its eyes as those of a face that is turned by so much. */
function face(x: number, y: number, confidence: number, eyes: Turn): Detection {
  const [dx, dy] = ({ 0: [4, 0], 90: [0, 4], 180: [-4, 0], 270: [0, -4] } as const)[eyes]
  const points = Float64Array.from([x + 5 - dx, x + 5 + dx, 0, 0, 0, y + 5 - dy, y + 5 + dy, 0, 0, 0])
  return { x1: x, y1: y, x2: x + 10, y2: y + 10, confidence, points }
}

const outcome = (turn: Turn, ...detections: Detection[]): TurnOutcome => ({ turn, detections, trace: emptyTrace() })
const merged = (...outcomes: TurnOutcome[]) => mergeTurns(outcomes, 0.7).detections

describe('places in the frame', () => {
  it.each(TURNS)('of a region turned by %d, with a border, fall on the pixels that are shown there', (turn) => {
    const placement = { ...region, turn, pad: 3 }
    const { width, height } = frameSize(region, placement)
    expect([width, height]).toEqual(turn % 180 === 0 ? [46, 36] : [36, 46])
    // The frame without its border is the region.
    expect(boxInRegion(placement, [3, 3, width - 3, height - 3])).toEqual([0, 0, 40, 30])
  })

  it('a face with its head to the right stands upright where turned faces of 90 degrees are looked for', () => {
    const placement = { ...region, turn: 90 as const, pad: 0 }
    // The middle of the upper edge of the frame is that of the right edge of the region.
    expect(pointInRegion(placement, 15, 0)).toEqual([40, 15])
    const found = inRegion(placement, face(10, 20, 0.9, 0))
    expect(found).toMatchObject({ x1: 10, y1: 10, x2: 20, y2: 20, confidence: 0.9 })
    // The left eye is the upper one.
    expect([found.points![5], found.points![6]]).toEqual([11, 19])
  })

  it('a box that lies in the border only touches no region', () => {
    expect(touches(region, { x1: -9, y1: 0, x2: 0, y2: 5, confidence: 1 })).toBe(false)
    expect(touches(region, { x1: -9, y1: 0, x2: 1, y2: 5, confidence: 1 })).toBe(true)
    expect(touches(region, { x1: 3, y1: 30, x2: 8, y2: 35, confidence: 1 })).toBe(false)
  })
})

describe('answers of several turns', () => {
  it('on one face: the more confident stays, where each has its eyes as its turn has them', () => {
    const [upright, upsideDown] = [face(5, 5, 0.92, 0), face(6, 5, 0.99, 180)]
    expect(merged(outcome(0, upright), outcome(180, upsideDown))).toEqual([upsideDown])
    expect(merged(outcome(0, upsideDown), outcome(180, upright))).not.toHaveLength(2)
  })

  it('one whose eyes say that another turn is right loses against that, and speaks for it', () => {
    const upsideDown = face(5, 5, 0.8, 180)
    expect(merged(outcome(0, face(5, 5, 0.99, 180)), outcome(180, upsideDown))).toEqual([upsideDown])
    const upright = face(5, 5, 0.996, 0)
    const found = merged(outcome(0, upright), outcome(90, face(6, 6, 0.9, 0)), outcome(180, face(5, 4, 0.998, 180)))
    expect(found).toEqual([upright])
  })

  it('on faces that lie apart all stay, by descending confidence; so do those of one turn', () => {
    const faces = [face(0, 0, 0.8, 0), face(3, 0, 0.7, 0), face(20, 0, 0.9, 180)] as const
    expect(merged(outcome(0, faces[0], faces[1]), outcome(180, faces[2]))).toEqual([faces[2], faces[0], faces[1]])
  })

  it('without landmarks: the more confident stays', () => {
    const bare = (x: number, confidence: number): Detection => ({ x1: x, y1: 0, x2: x + 10, y2: 10, confidence })
    expect(merged(outcome(0, bare(0, 0.7)), outcome(90, bare(1, 0.8)))).toEqual([bare(1, 0.8)])
  })

  it('come with the trace of each turn, and their sum', () => {
    const level = { scale: 1, width: 12, height: 12, cells: [1, 1] as [number, number], passed: 1, afterNms: 1 }
    const trace = { ...emptyTrace(), levels: [level], proposals: 2, proposalScores: [0.5], refinePassed: 3 }
    trace.milliseconds.total = 4
    const sum = mergeTurns(
      [0, 180].map((turn) => ({ turn: turn as Turn, detections: [], trace })),
      0.7,
    ).trace
    expect(sum).toMatchObject({ levels: [level, level], proposals: 4, proposalScores: [0.5, 0.5], refinePassed: 6 })
    expect(sum.milliseconds.total).toBe(8)
    expect(sum.turns).toEqual([
      { turn: 0, ...trace },
      { turn: 180, ...trace },
    ])
  })
})
