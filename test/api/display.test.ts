import { describe, expect, it } from 'vitest'
import { displayOf, sourceSize } from '../../src/api/display.ts'
import { refusal } from '../helpers/refusal.ts'

const size = { width: 320, height: 240 }

describe('sourceSize', () => {
  it.each([
    ['an image', { naturalWidth: 320, naturalHeight: 240, width: 10, height: 10, clientWidth: 10, clientHeight: 10 }],
    ['a video', { videoWidth: 320, videoHeight: 240, width: 0, height: 0 }],
    ['a frame', { displayWidth: 320, displayHeight: 240, codedWidth: 336, codedHeight: 256 }],
    ['faces', Object.assign([], { imageWidth: 320, imageHeight: 240 })],
    ['a plain size', size],
    ['inherited fields', Object.create(size)],
  ])('%s', (_, from) => {
    expect(sourceSize(from)).toEqual(size)
  })

  it.each([[null], [undefined], ['photo.jpg'], [320], [() => size], [{ naturalWidth: 0, naturalHeight: 0, ...size }]])(
    'refuses %o',
    (from) => {
      expect(refusal(() => sourceSize(from)).message).toMatch(/scaleFaces: 'from' must/)
    },
  )
})

describe('displayOf', () => {
  it('a plain size is its own area', () => {
    expect(displayOf(size, {})).toEqual({ outer: size, area: { x: 0, y: 0, ...size } })
  })

  it('an element without a style is its client area', () => {
    const { outer, area } = displayOf({ clientWidth: 320, clientHeight: 240 }, {})
    expect([outer, area]).toEqual([size, { x: 0, y: 0, ...size }])
  })

  it('takes border and padding off, on all sides or on each', () => {
    expect(displayOf(size, { border: 1, padding: 4 }).area).toEqual({ x: 5, y: 5, width: 310, height: 230 })
    const padding = { left: 20, bottom: 40 }
    expect(displayOf(size, { padding }).area).toEqual({ x: 20, y: 0, width: 300, height: 200 })
  })

  it('an element that is not shown has the size it says, or none', () => {
    const hidden = { clientWidth: 0, clientHeight: 0 }
    expect(displayOf({ ...hidden, ...size }, {}).outer).toEqual(size)
    expect(refusal(() => displayOf(hidden, {})).code).toBe('INVALID_OPTION')
  })
})
