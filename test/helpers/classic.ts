/**
 * The detector and the fixtures in each other's terms.
 */
import type { DetectOptions, Explanation, Face, MTCNN } from '../../src/index.node.ts'
import type { ActualFace } from './expectations.ts'
import { type Fixture, fixtureImage } from './photographs.ts'

/** A fixture's options under our names; boxes as the reference has them, not clipped. */
export function optionsOf({ options }: Fixture): DetectOptions<'full'> {
  const { minFaceSize, scaleFactor, thresholds } = options
  const [proposal, refine, output] = thresholds
  return { minFaceSize, scaleFactor, thresholds: { proposal, refine, output }, clip: false }
}

/** What the detector says of a fixture, in full. */
export async function explainFixture(detector: MTCNN, fixture: Fixture): Promise<Explanation> {
  return detector.explain(await fixtureImage(fixture), optionsOf(fixture))
}

/** A face of ours (clip: false) in the fixtures' form. */
export function actualFace({ box, confidence, keypoints }: Face): ActualFace {
  const { x, y, width, height } = box
  const { leftEye, rightEye, nose, mouthLeft, mouthRight } = keypoints
  const points = [leftEye, rightEye, nose, mouthLeft, mouthRight].map((p): [number, number] => [p.x, p.y])
  return { rect: [x, y, x + width, y + height], confidence, points }
}
