import { expect, it } from 'vitest'
import { emptyTrace } from '../../src/shared/trace.ts'

it('has nothing in it yet, and shares nothing with another one', () => {
  const [one, other] = [emptyTrace(), emptyTrace()]
  expect(Object.values(one).flatMap((value) => (typeof value === 'object' ? Object.values(value) : value))).toEqual(
    Array.from({ length: 4 + 8 }, () => 0),
  )
  one.levels.push({ scale: 1, width: 1, height: 1, cells: [1, 1], passed: 0, afterNms: 0 })
  one.milliseconds.total = 5
  expect(other).toEqual(emptyTrace())
})
