import { expect, it } from 'vitest'
import { flawsOf } from './flaws.ts'

const point = { x: 5, y: 6 }
const keypoints = { leftEye: point, rightEye: point, nose: point, mouthLeft: point, mouthRight: point }
const face = { box: { x: 1, y: 2, width: 7, height: 9 }, confidence: 0.9, keypoints, roll: 180 }
const { keypoints: _, roll: __, ...bare } = face

it('finds nothing in sound answers', () => {
  expect(flawsOf([], 10, 12)).toEqual([])
  expect(flawsOf([face, { ...face, confidence: 0.8 }], 10, 12)).toEqual([])
  expect(flawsOf([bare], 10, 12, { stages: 'boxes', maxFaces: 1 })).toEqual([])
  expect(flawsOf([{ ...face, box: { ...face.box, x: -3 } }], 10, 12, { clip: false })).toEqual([])
})

it.each([
  ['a box that is no number', [{ ...face, box: { ...face.box, x: Number.NaN } }], {}],
  ['a box turned inside out', [{ ...face, box: { ...face.box, width: -1 } }], {}],
  ['a box out of the image', [{ ...face, box: { ...face.box, x: 4 } }], {}],
  ['a confidence of more than 1', [{ ...face, confidence: 1.1 }], {}],
  ['an order that does not descend', [face, { ...face, confidence: 0.91 }], {}],
  ['more faces than asked for', [face, face], { maxFaces: 1 }],
  ['no keypoints', [bare], {}],
  ['keypoints where none were asked for', [face], { stages: 'boxes' as const }],
  ['a roll of -180', [{ ...face, roll: -180 }], {}],
  ['no roll', [{ ...face, roll: undefined }], {}],
  ['a keypoint nowhere', [{ ...face, keypoints: { ...keypoints, nose: { x: 1 / 0, y: 1 } } }], {}],
])('finds %s', (_, faces, options) => {
  expect(flawsOf(faces, 10, 12, options)).not.toEqual([])
})
