import { OUTPUT_NET } from '../wasm/nets.ts'
import type { Detection, Run } from './context.ts'
import { LANDMARKS } from './flip.ts'
import { askAbout } from './patches.ts'

const NOTHING = /* @__PURE__ */ new Float32Array(4)

/**
 * O-Net on the `count` candidates in list 1, landmarks, regression, suppression; and with two passes the same once more on
 * the boxes it gave.
 *
 * @returns The faces by descending confidence.
 */
export async function output(run: Run, count: number): Promise<Detection[]> {
  const { options, trace } = run
  const { passed, points } = await look(run, count, options.thresholds.output)
  trace.outputPassed = passed
  let faces = kept(run, passed, points)
  if (options.passes === 2) faces = await lookAgain(run, faces)
  run.lap('output')
  return faces
}

/** What O-Net says of list 1: those that pass, regressed, at its front; their tags say which of `points` are theirs. */
async function look(
  run: Run,
  count: number,
  threshold: number,
): Promise<{ passed: number; points: Float64Array[]; places: number[] }> {
  const asked = run.core.list(1, count)
  const points: Float64Array[] = []
  const places: number[] = []
  const { flip } = run.options
  const passed = await askAbout(run, OUTPUT_NET, 1, count, threshold, flip, (answer, index) => {
    // From the box the net saw, before its own regression.
    const x1 = asked.x1(index)
    const y1 = asked.y1(index)
    const width = asked.x2(index) - x1 + 1
    const height = asked.y2(index) - y1 + 1
    const found = new Float64Array(10)
    for (let n = 0; n < 5; n++) {
      found[n] = width * answer[LANDMARKS + n]! + x1 - 1
      found[n + 5] = height * answer[LANDMARKS + 5 + n]! + y1 - 1
    }
    places.push(index)
    return points.push(found) - 1
  })
  for (let n = 0; n < passed; n++) asked.regress(n, 1)
  return { passed, points, places }
}

/** Those of the `count` candidates in list 1 that suppression leaves, by descending score. */
function kept({ core, options }: Run, count: number, points: readonly Float64Array[]): Detection[] {
  const faces = core.suppress(1, count, options.nms.output, 'smaller')
  const found = core.list(0, faces)
  return Array.from({ length: faces }, (_, n): Detection => {
    const box = { x1: found.x1(n), y1: found.y1(n), x2: found.x2(n), y2: found.y2(n) }
    return { ...box, confidence: found.score(n), points: points[found.tag(n)]! }
  })
}

/**
 * Asks O-Net about the boxes it gave: they lie better about the face than those it was first asked about. The face is the mean
 * of both answers, and its confidence the chance that both are right.
 */
async function lookAgain(run: Run, faces: readonly Detection[]): Promise<Detection[]> {
  const { core, options } = run
  const list = core.list(1, faces.length)
  faces.forEach(({ x1, y1, x2, y2 }, n) => {
    list.setBox(n, x1, y1, x2, y2)
    list.square(n, options.patches !== 'subpixel')
  })
  const { passed, points, places } = await look(run, faces.length, -1)
  let count = 0
  for (let n = 0; n < passed; n++) {
    const { x1, y1, x2, y2, confidence, points: earlier } = faces[places[n]!]!
    const score = confidence * list.score(n)
    if (!(score > options.thresholds.output)) continue
    const box = [(x1 + list.x1(n)) / 2, (y1 + list.y1(n)) / 2, (x2 + list.x2(n)) / 2, (y2 + list.y2(n)) / 2] as const
    for (let k = 0; k < 10; k++) points[n]![k] = (earlier![k]! + points[n]![k]!) / 2
    list.setBox(count, ...box)
    list.advance(count, count, score, NOTHING, n)
    count++
  }
  // Boxes may have met on the same face.
  return kept(run, count, points)
}
