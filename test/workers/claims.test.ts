import { expect, it } from 'vitest'
import { claim, createClaims, offer } from '../../src/workers/claims.ts'

it('a task is had once, by whoever comes first, and not before it is offered', () => {
  const claims = createClaims()
  expect(claim(claims, 1)).toBe(false)
  offer(claims, 1)
  expect([claim(claims, 1), claim(claims, 1)]).toEqual([true, false])
})

it('tasks do not take one another, also where they share a word', () => {
  const claims = createClaims()
  for (let id = 1; id <= 3; id++) offer(claims, id)
  expect(claim(claims, 2)).toBe(true)
  offer(claims, 1 + claims.length)
  expect([claim(claims, 1), claim(claims, 3), claim(claims, 1 + claims.length)]).toEqual([false, true, true])
})
