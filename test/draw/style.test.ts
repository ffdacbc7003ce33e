import { describe, expect, it } from 'vitest'
import { resolveStyle } from '../../src/draw/style.ts'
import type { AnyFace } from '../../src/shared/face.ts'
import { refusal } from '../helpers/refusal.ts'

const face: AnyFace = { box: { x: 0, y: 0, width: 1, height: 1 }, confidence: 0.9999 }

describe('resolveStyle', () => {
  it('labels faces with their id and confidence, with nothing, or with what a function says', () => {
    expect(resolveStyle().labelOf(face, 0)).toBe('99 %')
    expect(resolveStyle({ labels: true }).labelOf({ ...face, confidence: 1 }, 0)).toBe('100 %')
    expect(resolveStyle().labelOf({ ...face, id: 7 } as AnyFace, 0)).toBe('#7 99 %')
    expect(resolveStyle({ labels: false }).labelOf(face, 0)).toBeUndefined()
    const named = resolveStyle({ labels: (_, index) => ['Ada', '', undefined][index] })
    expect([0, 1, 2].map((index) => named.labelOf(face, index))).toEqual(['Ada', undefined, undefined])
  })

  it.each([
    [{ color: 'red' }, /unknown option 'color': did you mean 'colour'\?/],
    [{ colour: 7 }, /option 'colour' must be a CSS colour/],
    [{ lineWidth: 0 }, /option 'lineWidth' must be a finite number over 0/],
    [{ points: 1 }, /option 'points' must be true or false/],
    [{ labels: 'id' }, /option 'labels' must be true, false or a function/],
    ['red', /a style must be a plain object/],
  ])('refuses %j', (style, message) => {
    const error = refusal(() => resolveStyle(style as never))
    expect(error.code).toBe('INVALID_OPTION')
    expect(error.message).toMatch(message)
  })
})
