import { LANDMARKS_AT, LOGIT_AT, OUTPUT_NET, REFINE_NET } from '../wasm/nets.ts'
import { consensus, votesFor } from './consensus.ts'
import type { Corners, Detection, SearchContext } from './context.ts'
import { answerPatches, classifyPatches } from './patches.ts'

const NO_REGRESSION = /* @__PURE__ */ new Float32Array(4)

/**
 * With confidence by consensus, O-Net's first look drops only what scores less than this part of the threshold: votes and a
 * second look may speak for it.
 */
const FIRST_LOOK = 1 / 8

/**
 * Large faces, from so many pixels of the searched image on, get a third, closer look, at this part of the box's side: of a
 * face that is turned or half hidden there is less around it to mislead O-Net. It can only raise the logit, by this part.
 */
const LARGE = 40
const CLOSER = 0.87
const CLOSER_WEIGHT = 0.8

/**
 * O-Net on the refined candidates, landmarks, regression, suppression; with two passes the same once more on the boxes it
 * gave; then the confidence, where it takes more than O-Net's score.
 *
 * @returns The faces by descending confidence.
 */
export async function output(context: SearchContext): Promise<Detection[]> {
  const { options, trace } = context
  const byConsensus = options.confidence === 'consensus'
  const answers = await runOutputNet(context, options.thresholds.output * (byConsensus ? FIRST_LOOK : 1))
  trace.outputPassed = answers.length
  let faces = suppressed(context, answers)
  if (options.passes === 2 || byConsensus) faces = await lookAgain(context, faces)
  context.addTime('output')
  return faces.map(({ logit: _, ...face }) => face)
}

/** What O-Net says of one candidate beside its score. */
interface OutputAnswer {
  /** The candidate's index in the list it was in. */
  readonly input: number
  readonly logit: number
  readonly points: Float64Array
}

/** A face before its confidence is known. */
interface Found extends Detection {
  readonly logit: number
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
    return answers.push({ input, logit: answer[LOGIT_AT]!, points }) - 1
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
function suppressed(
  { core, options }: SearchContext,
  answers: readonly Pick<Found, 'logit' | 'points' | 'votes'>[],
): Found[] {
  const faces = core.suppress(options.nms.output, 'smaller')
  const list = core.candidates
  return Array.from({ length: faces }, (_, n): Found => {
    const { logit, points, votes } = answers[list.tag(n)]!
    const face = { ...list.corners(n), confidence: list.score(n), logit, points }
    return votes === undefined ? face : { ...face, votes }
  })
}

/**
 * Asks the nets about the boxes of `faces`, which are the core's candidates: they lie better about the face than those
 * that O-Net saw first. With two passes O-Net answers once more, and box and landmarks become the mean of both answers.
 * With confidence by consensus R-Net answers, too: another net, which saw other boxes so far, errs on other things; and with
 * two passes O-Net has a closer look at large faces. Otherwise the confidence is the product of O-Net's scores: it ranks
 * better than either; a probability it is not.
 */
async function lookAgain(context: SearchContext, faces: readonly Found[]): Promise<Found[]> {
  const { core, options, votes } = context
  const boxes = core.candidates
  for (let n = 0; n < boxes.length; n++) boxes.square(n, options.patches === 'subpixel' ? 'none' : 'truncated')
  const byConsensus = options.confidence === 'consensus'
  const refineAnswers = byConsensus ? await answerPatches(context, REFINE_NET, options.flip) : undefined
  const closer = (box: Corners) => closerBox(box, options.patches === 'subpixel')
  const twice = options.passes === 2
  const closerAnswers =
    byConsensus && twice ? await answerPatches(context, OUTPUT_NET, options.flip, closer) : undefined
  const answers = twice ? await runOutputNet(context, -1) : undefined
  const list = core.candidates
  const confirmed: Found[] = []
  for (let n = 0; n < list.length; n++) {
    const second = answers?.[list.tag(n)]
    const input = second?.input ?? n
    const first = faces[input]!
    const face = second ? meanOf(first, list.corners(n), second) : first
    const refineLogit = refineAnswers?.of(input)?.[LOGIT_AT]
    const closerLogit = closerAnswers?.of(input)?.[LOGIT_AT]
    const sum = byConsensus ? votesFor(face, votes) : 0
    const rise = second && closerLogit !== undefined ? Math.max(closerLogit - second.logit, 0) : 0
    // As it is kept: a float32.
    const confidence = Math.fround(
      byConsensus
        ? consensus(face.logit + CLOSER_WEIGHT * rise, refineLogit ?? Number.NaN, sum)
        : first.confidence * list.score(n),
    )
    if (!(confidence > options.thresholds.output)) continue
    list.setBox(n, face.x1, face.y1, face.x2, face.y2)
    list.advance(n, confirmed.length, confidence, NO_REGRESSION, confirmed.length)
    confirmed.push(byConsensus ? { ...face, votes: sum } : face)
  }
  core.keep(confirmed.length)
  // Boxes may have met on the same face.
  return suppressed(context, confirmed)
}

function meanOf(first: Found, box: Corners, second: OutputAnswer): Found {
  const mean = (a: number, b: number) => (a + b) / 2
  return {
    x1: mean(first.x1, box.x1),
    y1: mean(first.y1, box.y1),
    x2: mean(first.x2, box.x2),
    y2: mean(first.y2, box.y2),
    confidence: first.confidence,
    logit: mean(first.logit, second.logit),
    points: first.points.map((value, n) => mean(value, second.points[n]!)),
  }
}

/** The middle of a square, where that is large enough for a closer look. */
function closerBox({ x1, y1, x2, y2 }: Corners, subpixel: boolean): Corners | undefined {
  const side = x2 - x1 + 1
  if (!(side >= LARGE)) return undefined
  const margin = (side * (1 - CLOSER)) / 2
  const inner = [x1 + margin, y1 + margin, x2 - margin, y2 - margin] as const
  const [left, top, right, bottom] = subpixel ? inner : inner.map(Math.trunc)
  return { x1: left!, y1: top!, x2: right!, y2: bottom! }
}
