import { describe, MtcnnError } from '../shared/errors.ts'
import { type AnyFace, KEYPOINT_NAMES } from '../shared/face.ts'

const POINT = ['x', 'y']
const BOX = ['x', 'y', 'width', 'height']

/**
 * Refuses what is not an array of faces.
 *
 * @param name - The function that was called, for the message.
 * @throws MtcnnError INVALID_OPTION
 */
export function checkFaces(faces: unknown, name: string): asserts faces is readonly AnyFace[] {
  let fault: string | undefined
  try {
    fault = faultOf(faces)
  } catch (cause) {
    throw new MtcnnError('INVALID_OPTION', `the faces given to ${name} could not be read`, { cause })
  }
  if (fault)
    throw new MtcnnError('INVALID_OPTION', `${name} takes an array of faces, as detectFaces gives it; ${fault}`)
}

function faultOf(faces: unknown): string | undefined {
  if (!Array.isArray(faces)) return `got ${describe(faces)}${hint(faces)}`
  // With an index, since the holes of an array count too.
  for (let index = 0; index < faces.length; index++) {
    const fault = faultOfFace(faces[index])
    if (fault) return `face ${index} ${fault}`
  }
  return undefined
}

function hint(faces: unknown): string {
  if (faces === null) return ": a pool with policy 'latest' gives null for an image that it skips"
  return Array.isArray(fieldsOf(faces).faces) ? ': give its property faces' : ''
}

function faultOfFace(face: unknown): string | undefined {
  const { box, unclipped, confidence, keypoints, roll } = fieldsOf(face)
  if (box === undefined) return `has no box: it is ${describe(face)}`
  for (const [name, rectangle] of Object.entries({ box, unclipped })) {
    if (name === 'unclipped' && rectangle === undefined) continue
    if (!hasNumbers(rectangle, BOX)) return `has a ${name} that is not { x, y, width, height } in finite numbers`
  }
  if (typeof confidence !== 'number') return `has a confidence that is not a number but ${describe(confidence)}`
  if (roll !== undefined && !Number.isFinite(roll))
    return `has a roll that is not a finite number but ${describe(roll)}`
  if (keypoints === undefined) return undefined
  const points = fieldsOf(keypoints)
  const wrong = KEYPOINT_NAMES.find((name) => !hasNumbers(points[name], POINT))
  return wrong && `has keypoints of which ${wrong} is not { x, y } in finite numbers`
}

function hasNumbers(value: unknown, names: readonly string[]): boolean {
  const fields = fieldsOf(value)
  return names.every((name) => Number.isFinite(fields[name]))
}

/** What a value says under any name; nothing, where it is no object. */
function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
