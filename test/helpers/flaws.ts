/**
 * What every answer must be, whatever the image and the options.
 */
import type { AnyFace, DetectOptions } from '../../src/index.node.ts'

type Given = Pick<DetectOptions, 'clip' | 'maxFaces' | 'stages'>

/** What is wrong with an answer for an image of `width` x `height` pixels; nothing, where it is as promised. */
export function flawsOf(faces: readonly AnyFace[], width: number, height: number, given: Given = {}): string[] {
  const { clip = true, maxFaces = Number.POSITIVE_INFINITY, stages = 'full' } = given
  const flaws: string[] = []
  if (faces.length > maxFaces) flaws.push(`${faces.length} faces, at most ${maxFaces} were asked for`)
  faces.forEach(({ box, confidence, keypoints, roll }, n) => {
    const flaw = (what: string) => flaws.push(`face ${n}: ${what}`)
    if (![box.x, box.y, box.width, box.height].every(Number.isFinite)) flaw(`box ${Object.values(box)}`)
    if (!(confidence >= 0 && confidence <= 1)) flaw(`confidence ${confidence}`)
    if (!(box.width >= 0 && box.height >= 0)) flaw(`a box of ${box.width} x ${box.height}`)
    if (n > 0 && confidence > faces[n - 1]!.confidence) flaw('more confident than the one before it')
    // Widths are differences of corners: adding x back may round by a last bit.
    const slack = (most: number) => most * (1 + 1e-12)
    const inside = box.x >= 0 && box.y >= 0 && box.x + box.width <= slack(width) && box.y + box.height <= slack(height)
    if (clip && !inside) flaw(`box ${Object.values(box)} reaches out of ${width} x ${height}`)
    if ((keypoints !== undefined) !== (stages === 'full')) flaw(keypoints ? 'keypoints' : 'no keypoints')
    if ((roll !== undefined) !== (stages === 'full')) flaw(roll === undefined ? 'no roll' : 'a roll')
    if (roll !== undefined && !(roll > -180 && roll <= 180)) flaw(`a roll of ${roll}`)
    const points = Object.values(keypoints ?? {})
    if (points.some(({ x, y }) => !Number.isFinite(x) || !Number.isFinite(y))) flaw('a keypoint that is not finite')
    if (keypoints && points.length !== 5) flaw(`${points.length} keypoints`)
  })
  return flaws
}
