import { expect, it } from 'vitest'
import { measuredIn } from '../../src/shared/face.ts'

it('an array of faces knows the size of its image, and stays plain data', () => {
  const face = { box: { x: 1, y: 2, width: 3, height: 4 }, confidence: 0.9 }
  const faces = measuredIn([face], { width: 640, height: 480 })
  expect([faces.imageWidth, faces.imageHeight]).toEqual([640, 480])
  expect(Object.keys(faces)).toEqual(['0'])
  expect(JSON.stringify(faces)).toBe(JSON.stringify([face]))
  expect(faces).toEqual([face])
})
