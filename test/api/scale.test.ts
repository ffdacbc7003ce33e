import { describe, expect, it } from 'vitest'
import { scaleFaces } from '../../src/api/scale.ts'
import { MtcnnError } from '../../src/shared/errors.ts'
import { type Face, measuredIn } from '../../src/shared/face.ts'

const face: Face = {
  box: { x: 10, y: 20, width: 30, height: 40 },
  confidence: 0.9,
  keypoints: {
    leftEye: { x: 15, y: 30 },
    rightEye: { x: 35, y: 30 },
    nose: { x: 25, y: 40 },
    mouthLeft: { x: 16, y: 50 },
    mouthRight: { x: 34, y: 50 },
  },
}
const from = { width: 100, height: 100 }

describe('scaleFaces', () => {
  it('stretches by default', () => {
    const [shown] = scaleFaces([face], from, { width: 200, height: 50 })
    expect(shown!.box).toEqual({ x: 20, y: 10, width: 60, height: 20 })
    expect(shown!.keypoints!.leftEye).toEqual({ x: 30, y: 15 })
    expect(shown!.keypoints!.mouthRight).toEqual({ x: 68, y: 25 })
    expect(shown!.confidence).toBe(0.9)
  })

  it('contain: whole picture, centred, with margins', () => {
    // 100 x 100 in 300 x 200: twice as large, 50 to the left and right.
    const [wide] = scaleFaces([face], from, { width: 300, height: 200 }, { fit: 'contain' })
    expect(wide!.box).toEqual({ x: 70, y: 40, width: 60, height: 80 })
    expect(wide!.keypoints!.nose).toEqual({ x: 100, y: 80 })
    // In 50 x 150: half as large, 50 above and below.
    const [tall] = scaleFaces([face], from, { width: 50, height: 150 }, { fit: 'contain' })
    expect(tall!.box).toEqual({ x: 5, y: 60, width: 15, height: 20 })
  })

  it('cover: no margins, centred, cropped', () => {
    // 100 x 100 over 300 x 200: three times as large, 50 cut off above and below.
    const [shown] = scaleFaces([face], from, { width: 300, height: 200 }, { fit: 'cover' })
    expect(shown!.box).toEqual({ x: 30, y: 10, width: 90, height: 120 })
    expect(shown!.keypoints!.rightEye).toEqual({ x: 105, y: 40 })
  })

  it('mirrors within the element; landmarks keep their names', () => {
    const [filled] = scaleFaces([face], from, { width: 200, height: 100 }, { mirror: true })
    // From 20..80 to 200 - 80..200 - 20.
    expect(filled!.box).toEqual({ x: 120, y: 20, width: 60, height: 40 })
    expect(filled!.keypoints!.leftEye).toEqual({ x: 170, y: 30 })
    expect(filled!.keypoints!.rightEye).toEqual({ x: 130, y: 30 })
    const [contained] = scaleFaces([face], from, { width: 300, height: 200 }, { fit: 'contain', mirror: true })
    expect(contained!.box).toEqual({ x: 170, y: 40, width: 60, height: 80 })
    const [covered] = scaleFaces([face], from, { width: 300, height: 200 }, { fit: 'cover', mirror: true })
    expect(covered!.box).toEqual({ x: 180, y: 10, width: 90, height: 120 })
  })

  it('leaves what it was given unchanged, and takes faces without landmarks', () => {
    const { keypoints: _, ...bare } = face
    const before = structuredClone(bare)
    const shown = scaleFaces([bare], from, { width: 50, height: 50 }, { mirror: true })
    expect(bare).toEqual(before)
    expect('keypoints' in shown[0]!).toBe(false)
    expect(scaleFaces([], from, from)).toEqual([])
  })

  it('takes the size from what the faces were found in, and from the element that shows it', () => {
    const to = { width: 200, height: 200 }
    const expected = { x: 20, y: 40, width: 60, height: 80 }
    for (const source of [
      { naturalWidth: 100, naturalHeight: 100, width: 7, height: 7 },
      { videoWidth: 100, videoHeight: 100, width: 0, height: 0 },
      { displayWidth: 100, displayHeight: 100, codedWidth: 112, codedHeight: 112 },
      measuredIn([], from),
    ]) {
      expect(scaleFaces([face], source, to)[0]!.box).toEqual(expected)
    }
    const element = { clientWidth: 200, clientHeight: 200, width: 0, height: 0 }
    const shown = scaleFaces([face], from, element)
    expect(shown[0]!.box).toEqual(expected)
    expect([shown.imageWidth, shown.imageHeight]).toEqual([200, 200])
    expect(scaleFaces(shown, shown, from)[0]).toEqual(face)
  })

  it.each([
    ['no size', {}, from, undefined],
    ['null', null, from, undefined],
    ['an element not shown', from, { clientWidth: 0, clientHeight: 0, width: 10, height: 10 }, undefined],
    ['not a number', { width: '100', height: 100 }, from, undefined],
    ['infinite', from, { width: Number.POSITIVE_INFINITY, height: 1 }, undefined],
    ['unknown fit', from, from, { fit: 'scale-down' }],
  ])('refuses %s', (_, source, target, options) => {
    const act = () => scaleFaces([face], source as object, target as object, options as never)
    expect(act).toThrow(MtcnnError)
    expect(act).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }))
  })
})
