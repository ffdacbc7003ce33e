import { describe, expect, it } from 'vitest'
import { type ScaleOptions, scaleFaces } from '../../src/api/scale.ts'
import { type AnyFace, type Face, measuredIn } from '../../src/shared/face.ts'
import { refusal } from '../helpers/refusal.ts'

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
  roll: 0,
}
const from = { width: 100, height: 100 }
const faces = measuredIn([face], from)

/** Where the box of `face` lands. */
const boxIn = (to: object, options?: ScaleOptions) => scaleFaces(faces, to, options)[0]!.box

/** An element as the page lays it out: sizes within the borders, rounded, and a computed style. */
function element(clientWidth: number, clientHeight: number, style: Record<string, string>, more: object = {}) {
  const defaultView = { getComputedStyle: () => style }
  return { clientWidth, clientHeight, ownerDocument: { defaultView }, ...more }
}

describe('scaleFaces', () => {
  it('stretches by default', () => {
    const [shown] = scaleFaces([face], from, { width: 200, height: 50 })
    expect(shown!.box).toEqual({ x: 20, y: 10, width: 60, height: 20 })
    expect(shown!.keypoints.leftEye).toEqual({ x: 30, y: 15 })
    expect(shown!.keypoints.mouthRight).toEqual({ x: 68, y: 25 })
    expect(shown!.confidence).toBe(0.9)
  })

  it('contain: whole picture, centred, with margins', () => {
    // 100 x 100 in 300 x 200: twice as large, 50 to the left and right.
    expect(boxIn({ width: 300, height: 200 }, { fit: 'contain' })).toEqual({ x: 70, y: 40, width: 60, height: 80 })
    // In 50 x 150: half as large, 50 above and below.
    expect(boxIn({ width: 50, height: 150 }, { fit: 'contain' })).toEqual({ x: 5, y: 60, width: 15, height: 20 })
  })

  it('cover: no margins, centred, cropped', () => {
    // 100 x 100 over 300 x 200: three times as large, 50 cut off above and below.
    const [shown] = scaleFaces(faces, { width: 300, height: 200 }, { fit: 'cover' })
    expect(shown!.box).toEqual({ x: 30, y: 10, width: 90, height: 120 })
    expect(shown!.keypoints.rightEye).toEqual({ x: 105, y: 40 })
  })

  it('none: as large as it is; scale-down: no larger than that', () => {
    for (const fit of ['none', 'scale-down'] as const) {
      expect(boxIn({ width: 300, height: 200 }, { fit })).toEqual({ x: 110, y: 70, width: 30, height: 40 })
    }
    expect(boxIn({ width: 50, height: 80 }, { fit: 'none' })).toEqual({ x: -15, y: 10, width: 30, height: 40 })
    expect(boxIn({ width: 50, height: 80 }, { fit: 'scale-down' })).toEqual({ x: 5, y: 25, width: 15, height: 20 })
  })

  it('knows the size of the picture shown, where the faces come from a smaller copy of it', () => {
    const image = element(400, 400, { objectFit: 'none' }, { naturalWidth: 200, naturalHeight: 200 })
    // 200 x 200 in the middle of 400 x 400; the copy is half as large.
    expect(boxIn(image)).toEqual({ x: 120, y: 140, width: 60, height: 80 })
    const narrow = element(400, 400, { objectFit: 'contain' }, { videoWidth: 200, videoHeight: 400 })
    expect(boxIn(narrow)).toEqual({ x: 120, y: 80, width: 60, height: 160 })
  })

  it.each([
    ['0% 0%', 0, 0],
    ['100% 100%', 200, 100],
    ['50%', 100, 50],
    ['25% 75%', 50, 75],
    ['10px 20px', 10, 20],
    ['-10.5px 1e1px', -10.5, 10],
    ['left', 0, 50],
    ['top', 100, 0],
    ['center', 100, 50],
    ['bottom right', 200, 100],
    ['right bottom', 200, 100],
    ['center left', 0, 50],
    ['left 30px', 0, 30],
    ['40% bottom', 80, 100],
    ['right 10px bottom 20%', 190, 80],
    ['bottom 20% right 10px', 190, 80],
    ['left 5px center', 5, 50],
    ['center top 5px', 100, 5],
    ['calc(100% - 10px) calc(-5px + 50%)', 190, 45],
    ['calc(0px) 0', 0, 0],
    ['  LEFT   TOP ', 0, 0],
  ])("position '%s'", (position, x, y) => {
    // 100 x 100 as it is in 300 x 200: 200 and 100 are free.
    expect(boxIn({ width: 300, height: 200 }, { fit: 'none', position })).toMatchObject({ x: x + 10, y: y + 20 })
  })

  it.each(['', '10', '10em', 'left left', 'top bottom', 'left right', 'top 10px', '10px left', 'a b', '1px 2px 3px'])(
    "refuses position '%s'",
    (position) => {
      const error = refusal(() => boxIn(from, { position }))
      expect(error.code).toBe('INVALID_OPTION')
      expect(error.message).toMatch(/option 'position' must be/)
    },
  )

  it.each([
    'center 10px top 5px',
    'left 1px left 2px',
    'left 1px top 2px bottom',
    'left 1px 2px top',
    'min(1px, 2px) 0px',
    'calc(1px * 2) 0px',
    'x'.repeat(1e6),
    5,
    null,
  ])('refuses more positions', (position) => {
    const error = refusal(() => boxIn(from, { position: position as string }))
    expect(error.message.length).toBeLessThan(250)
  })

  it('mirrors within the element; landmarks keep their names', () => {
    const [filled] = scaleFaces(faces, { width: 200, height: 100 }, { mirror: true })
    // From 20..80 to 200 - 80..200 - 20.
    expect(filled!.box).toEqual({ x: 120, y: 20, width: 60, height: 40 })
    expect(filled!.keypoints.leftEye).toEqual({ x: 170, y: 30 })
    expect(filled!.keypoints.rightEye).toEqual({ x: 130, y: 30 })
    const at = (fit: 'contain' | 'cover') => boxIn({ width: 300, height: 200 }, { fit, mirror: true })
    expect(at('contain')).toEqual({ x: 170, y: 40, width: 60, height: 80 })
    expect(at('cover')).toEqual({ x: 180, y: 10, width: 90, height: 120 })
  })

  it('turns the roll the other way round when mirrored, and as the picture is stretched', () => {
    const keypoints = { ...face.keypoints, rightEye: { x: 25, y: 40 } }
    const turned = { ...face, keypoints, roll: 45 }
    const roll = (face: AnyFace, to: object, options?: ScaleOptions) => scaleFaces([face], from, to, options)[0]!.roll
    expect(roll(turned, { width: 50, height: 50 })).toBe(45)
    expect(roll(turned, { width: 50, height: 50 }, { mirror: true })).toBe(-45)
    expect(roll(turned, { width: 100, height: 200 })).toBeCloseTo((Math.atan2(2, 1) * 180) / Math.PI, 12)
    expect(roll(turned, { width: 200, height: 100 }, { mirror: true })).toBeCloseTo(
      (Math.atan2(-1, 2) * 180) / Math.PI,
      12,
    )
    expect(roll(face, { width: 200, height: 100 }, { mirror: true })).toBe(0)
    const { leftEye: rightEye, rightEye: leftEye } = face.keypoints
    const head = { ...face, keypoints: { ...face.keypoints, leftEye, rightEye }, roll: 180 }
    expect(roll(head, { width: 200, height: 100 }, { mirror: true })).toBe(180)
    const { roll: _, ...old } = face
    expect(Reflect.ownKeys(scaleFaces([old], from, from)[0]!)).not.toContain('roll')
  })

  it('leaves what it was given unchanged, keeps what a caller has added, and scales the unclipped box too', () => {
    const { keypoints: _, roll: __, ...bare } = { ...face, id: 7, unclipped: { x: -10, y: 20, width: 50, height: 40 } }
    const before = structuredClone(bare)
    const shown = scaleFaces([bare], from, { width: 50, height: 50 })
    expect(bare).toEqual(before)
    expect(shown[0]).toEqual({
      box: { x: 5, y: 10, width: 15, height: 20 },
      confidence: 0.9,
      id: 7,
      unclipped: { x: -5, y: 10, width: 25, height: 20 },
    })
    expect(scaleFaces([], from, from)).toEqual([])
  })
})

describe('scaleFaces: from where to where', () => {
  const to = { width: 200, height: 200 }
  const expected = { x: 20, y: 40, width: 60, height: 80 }

  it('takes the size from the faces, or from what they were found in', () => {
    expect(boxIn(to)).toEqual(expected)
    for (const source of [
      from,
      { naturalWidth: 100, naturalHeight: 100, width: 7, height: 7 },
      { videoWidth: 100, videoHeight: 100, width: 0, height: 0 },
      { displayWidth: 100, displayHeight: 100, codedWidth: 112, codedHeight: 112 },
      faces,
    ]) {
      expect(scaleFaces([face], source, to)[0]!.box).toEqual(expected)
      expect(scaleFaces([face], source, to, { fit: 'contain' })[0]!.box).toEqual(expected)
    }
  })

  it('says the size of the element with the faces, so that they can go on', () => {
    const shown = scaleFaces(faces, { clientWidth: 200, clientHeight: 200, width: 0, height: 0 })
    expect([shown.imageWidth, shown.imageHeight]).toEqual([200, 200])
    expect(scaleFaces(shown, from)[0]).toEqual(face)
  })

  it.each<[string, AnyFace[]]>([
    ['a copy', [...faces]],
    ['a filtered list', faces.filter(() => true)],
    ['a clone', structuredClone(faces)],
    ['JSON', JSON.parse(JSON.stringify(faces))],
    ['an empty list', []],
  ])('asks for the size of the image where %s has lost it', (_, list) => {
    const error = refusal(() => scaleFaces(list, to))
    expect(error.code).toBe('INVALID_OPTION')
    expect(error.message).toContain('scaleFaces(faces, { width, height }, to)')
    expect(scaleFaces(list, from, to)).toEqual(list.length === 0 ? [] : scaleFaces(faces, to))
  })

  it('an element: answers from its border box, by its style', () => {
    const style = {
      objectFit: 'contain',
      objectPosition: '0% 100%',
      boxSizing: 'content-box',
      width: '300px',
      height: '200.4px',
      borderTopWidth: '1px',
      borderRightWidth: '2px',
      borderBottomWidth: '3px',
      borderLeftWidth: '4px',
      paddingTop: '5px',
      paddingRight: '6px',
      paddingBottom: '7px',
      paddingLeft: '8px',
    }
    // Within the borders: 300 + 6 + 8 by 200.4 + 5 + 7.
    const shown = scaleFaces(faces, element(314, 212, style))
    expect([shown.imageWidth, shown.imageHeight]).toEqual([320, expect.closeTo(216.4, 9)])
    const box = { x: 12 + 20.04, y: 6 + 40.08, width: 60.12, height: 80.16 }
    for (const side of ['x', 'y', 'width', 'height'] as const) expect(shown[0]!.box[side]).toBeCloseTo(box[side], 9)
    // The same, its width and height given with border and padding.
    const bordered = { ...style, boxSizing: 'border-box', width: '320px', height: '216.4px' }
    const same = scaleFaces(faces, element(314, 212, bordered))[0]!
    for (const side of ['x', 'y', 'width', 'height'] as const) expect(same.box[side]).toBeCloseTo(box[side], 9)
    // Options win over the style.
    const given = { fit: 'fill', position: '50% 50%', border: 0, padding: { left: 14 } } as const
    expect(scaleFaces(faces, element(314, 212, style), given)[0]!.box).toMatchObject({ x: 44, width: 90 })
  })

  it('an element whose style is not in pixels: its client size', () => {
    expect(boxIn(element(200, 200, { width: 'auto', height: '100%', objectFit: 'fill' }))).toEqual(expected)
    expect(boxIn({ clientWidth: 200, clientHeight: 200, ownerDocument: { defaultView: null } })).toEqual(expected)
  })

  it('a plain size: with border and padding of the caller', () => {
    const options = { border: 2, padding: { top: 8, left: 18, right: 78, bottom: 88 } }
    expect(boxIn({ width: 300, height: 300 }, options)).toEqual({ x: 40, y: 50, width: 60, height: 80 })
  })

  it('a canvas: its own pixels, for drawing; those of the page where they are asked for', () => {
    const getContext = () => null
    const canvas = element(100, 100, { objectFit: 'fill' }, { width: 200, height: 200, getContext })
    expect(boxIn(canvas)).toEqual(expected)
    expect(boxIn(canvas, { units: 'backing' })).toEqual(expected)
    expect(boxIn(canvas, { units: 'css' })).toEqual(face.box)
    // Not in the page.
    const away = { clientWidth: 0, clientHeight: 0, width: 200, height: 200, getContext }
    for (const units of ['css', 'backing', undefined] as const) expect(boxIn(away, { units })).toEqual(expected)
    // An OffscreenCanvas.
    expect(boxIn({ width: 200, height: 200, getContext })).toEqual(expected)
    const shown = element(300, 200, { objectFit: 'none' }, { width: 200, height: 200, getContext })
    expect(boxIn(shown, { units: 'css' })).toEqual({ ...expected, x: 70 })
  })
})

describe('scaleFaces: what it refuses', () => {
  it.each([
    ['no source', {}, from, /'from' must be an image, .* got an object without properties/],
    ['null', null, from, /'from' must be an image.*got null/],
    ['a picture not loaded', { naturalWidth: 0, naturalHeight: 0 }, from, /naturalWidth x naturalHeight is 0 x 0/],
    ['an element not shown', from, { clientWidth: 0, clientHeight: 0 }, /'to' must be shown on the page/],
    ['a canvas without pixels', from, { clientWidth: 9, clientHeight: 9, width: 0, height: 9, getContext() {} }, /to/],
    ['not a number', { width: '100', height: 100 }, from, /'from' must have a size; .*"100" x 100/],
    ['infinite', from, { width: Number.POSITIVE_INFINITY, height: 1 }, /'to' must have a size; .*Infinity x 1/],
    ['no target', from, null, /'to' must be an element or \{ width, height \}; got null/],
    ['text for a target', from, '#video', /'to' must be an element.*got "#video"/],
    ['a Map for a target', from, new Map(), /'to' must be an element.*got a Map/],
  ])('%s', (_, source, target, message) => {
    const error = refusal(() => scaleFaces([face], source as object, target as object))
    expect(error.code).toBe('INVALID_OPTION')
    expect(error.message).toMatch(message)
  })

  it.each([
    [{ fit: 'stretch' }, /option 'fit' must be one of 'fill', 'contain', 'cover', 'none', 'scale-down'; got "stretch"/],
    [{ mirror: 1 }, /option 'mirror' must be true or false; got 1/],
    [{ units: 'px' }, /option 'units' must be 'css' or 'backing'/],
    [{ units: 'backing' }, /only where 'to' is a canvas/],
    [{ padding: -1 }, /option 'padding' must be a number of pixels or \{ top, right, bottom, left \}; got -1/],
    [{ padding: { left: '1px' } }, /option 'padding.left' must be a number of at least 0; got "1px"/],
    [{ border: { start: 1 } }, /option 'border' must be .* got an object \{ start \}/],
    [{ border: [1] }, /got an array of 1/],
    [{ padding: 60 }, /leaves no room for the picture/],
    [{ fti: 'cover' }, /unknown option 'fti': did you mean 'fit'\?/],
    [{ mirrored: true }, /did you mean 'mirror'\?/],
  ])('options %j', (options, message) => {
    const error = refusal(() => boxIn({ clientWidth: 100, clientHeight: 100 }, options as ScaleOptions))
    expect(error.code).toBe('INVALID_OPTION')
    expect(error.message).toMatch(message)
  })

  it('options that are none, and faces that are none', () => {
    for (const options of [null, 'cover', 5, [], from, new Map()]) {
      const error = refusal(() => scaleFaces([face], from, from, options as ScaleOptions))
      expect(error.message).toMatch(/options of scaleFaces must be a plain object/)
    }
    for (const list of [null, undefined, face, [null], [{}], [{ ...face, keypoints: {} }]]) {
      expect(refusal(() => scaleFaces(list as never, from, from)).message).toMatch(/scaleFaces takes an array of faces/)
    }
  })
})

it('a size that throws when it is read is refused, with the reason', () => {
  const cause = new TypeError('not to be touched')
  const size = {
    get width(): number {
      throw cause
    },
    height: 5,
  }
  const { code, cause: told } = refusal(() => scaleFaces([], size, { width: 1, height: 1 }))
  expect([code, told]).toEqual(['INVALID_OPTION', cause])
})
