import { OUTPUT_NET } from '../core.ts'
import type { Detection } from '../format.ts'
import { askAbout } from './patches.ts'
import type { Run } from './stage.ts'

/** Where the landmarks begin in an answer: five x, then five y. */
const LANDMARKS = 5

/**
 * O-Net on the `count` candidates in list 1, landmarks, regression, suppression.
 *
 * @returns The faces by descending confidence.
 */
export async function output(run: Run, count: number): Promise<Detection[]> {
  const { core, options, trace } = run
  const asked = core.list(1, count)
  const points: Float64Array[] = []
  const passed = await askAbout(run, OUTPUT_NET, 1, count, options.thresholds.output, (answer, index) => {
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
    return points.push(found) - 1
  })
  trace.outputPassed = passed
  for (let n = 0; n < passed; n++) asked.regress(n, 1)
  const faces = core.suppress(1, passed, options.nms.output, 'smaller')
  const found = core.list(0, faces)
  const detections = Array.from({ length: faces }, (_, n): Detection => {
    const box = { x1: found.x1(n), y1: found.y1(n), x2: found.x2(n), y2: found.y2(n) }
    return { ...box, confidence: found.score(n), points: points[found.tag(n)]! }
  })
  run.lap('output')
  return detections
}
