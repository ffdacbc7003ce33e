import { LANDMARKS_AT, OUTPUT_NET } from '../wasm/nets.ts'
import type { Detection, SearchContext } from './context.ts'
import { classifyPatches } from './patches.ts'

const NO_REGRESSION = /* @__PURE__ */ new Float32Array(4)

/**
 * O-Net on the refined candidates, landmarks, regression, suppression; and with two passes the same once more on the boxes
 * it gave.
 *
 * @returns The faces by descending confidence.
 */
export async function output(context: SearchContext): Promise<Detection[]> {
  const { options, trace } = context
  const answers = await runOutputNet(context, options.thresholds.output)
  trace.outputPassed = answers.length
  let faces = suppressed(context, answers)
  if (options.passes === 2) faces = await refineOutput(context, faces)
  context.addTime('output')
  return faces
}

/** What O-Net says of one candidate beside its score. */
interface OutputAnswer {
  /** The candidate's index in the list it was in. */
  readonly input: number
  readonly points: Float64Array
}

/** Runs O-Net on the candidates and regresses those it accepts; their tags say which of the answers are theirs. */
async function runOutputNet(context: SearchContext, threshold: number): Promise<OutputAnswer[]> {
  const { core, options } = context
  const answers: OutputAnswer[] = []
  const inputs = core.candidates
  const accept = (answer: Float32Array, input: number) => {
    // From the box the net saw, before its own regression.
    const x1 = inputs.x1(input)
    const y1 = inputs.y1(input)
    const width = inputs.x2(input) - x1 + 1
    const height = inputs.y2(input) - y1 + 1
    const points = new Float64Array(10)
    for (let n = 0; n < 5; n++) {
      points[n] = width * answer[LANDMARKS_AT + n]! + x1 - 1
      points[n + 5] = height * answer[LANDMARKS_AT + 5 + n]! + y1 - 1
    }
    return answers.push({ input, points }) - 1
  }
  await classifyPatches(context, OUTPUT_NET, threshold, { flip: options.flip, accept })
  const list = core.candidates
  core.keep(
    list.filter((n) => {
      list.regress(n, 1)
      return list.isBox(n) && answers[list.tag(n)]!.points.every(Number.isFinite)
    }),
  )
  return answers
}

/** The candidates that suppression leaves, by descending score. */
function suppressed({ core, options }: SearchContext, answers: readonly OutputAnswer[]): Detection[] {
  const faces = core.suppress(options.nms.output, 'smaller')
  const list = core.candidates
  return Array.from({ length: faces }, (_, n): Detection => {
    const box = { x1: list.x1(n), y1: list.y1(n), x2: list.x2(n), y2: list.y2(n) }
    return { ...box, confidence: list.score(n), points: answers[list.tag(n)]!.points }
  })
}

/**
 * Runs O-Net once more, on the boxes of `faces`, which are the core's candidates: they lie better about the face than those
 * it saw first. Box and landmarks become the mean of both answers, the confidence the product of both scores. That product
 * ranks better than either score; a probability it is not, for the scores are not independent.
 */
async function refineOutput(context: SearchContext, faces: readonly Detection[]): Promise<Detection[]> {
  const { core, options } = context
  const boxes = core.candidates
  for (let n = 0; n < boxes.length; n++) boxes.square(n, options.patches === 'subpixel' ? 'none' : 'truncated')
  const answers = await runOutputNet(context, -1)
  const list = core.candidates
  let accepted = 0
  for (let n = 0; n < list.length; n++) {
    const { input, points } = answers[list.tag(n)]!
    const first = faces[input]!
    const score = first.confidence * list.score(n)
    if (!(score > options.thresholds.output)) continue
    const mean = (a: number, b: number) => (a + b) / 2
    const [x1, y1] = [mean(first.x1, list.x1(n)), mean(first.y1, list.y1(n))]
    const [x2, y2] = [mean(first.x2, list.x2(n)), mean(first.y2, list.y2(n))]
    for (let k = 0; k < 10; k++) points[k] = mean(first.points![k]!, points[k]!)
    list.setBox(n, x1, y1, x2, y2)
    list.advance(n, accepted, score, NO_REGRESSION, list.tag(n))
    accepted++
  }
  core.keep(accepted)
  // Boxes may have met on the same face.
  return suppressed(context, answers)
}
