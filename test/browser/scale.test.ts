import { afterEach, describe, expect, it } from 'vitest'
import { commands } from 'vitest/browser'
import { type Box, type BoxFace, scaleFaces } from '../../src/index.ts'
import { animationFrames } from './videos.ts'

const WIDTH = 200
const HEIGHT = 100
/** The "face" of the picture: red, all else is blue. */
const RED: Box = { x: 40, y: 20, width: 60, height: 40 }
const faces: BoxFace[] = [{ box: RED, confidence: 1 }]
const from = { width: WIDTH, height: HEIGHT }

afterEach(() => document.body.replaceChildren())

function paint(canvas: HTMLCanvasElement): HTMLCanvasElement {
  Object.assign(canvas, { width: WIDTH, height: HEIGHT })
  const context = canvas.getContext('2d')!
  context.fillStyle = 'blue'
  context.fillRect(0, 0, WIDTH, HEIGHT)
  context.fillStyle = 'red'
  context.fillRect(RED.x, RED.y, RED.width, RED.height)
  return canvas
}

async function picture(style: string): Promise<HTMLImageElement> {
  const image = Object.assign(new Image(), { src: paint(document.createElement('canvas')).toDataURL() })
  await image.decode()
  return shown(image, style)
}

function shown<E extends HTMLElement>(element: E, style: string): E {
  document.body.style.margin = '0'
  element.style.cssText = `display: block; ${style}`
  document.body.append(element)
  return element
}

/** Where red is, in a photograph of the page, from the corner of the element's border box. */
async function redIn(element: HTMLElement): Promise<Box> {
  await animationFrames(2)
  const bytes = Uint8Array.from(atob(await commands.photograph()), (letter) => letter.charCodeAt(0))
  const bitmap = await createImageBitmap(new Blob([bytes]))
  // The photograph shows the window, in which the tests have a frame.
  const scale = top!.innerWidth / bitmap.width
  const frame = frameElement!.getBoundingClientRect()
  const place = element.getBoundingClientRect()
  const [fromX, fromY] = [Math.round((frame.x + place.x) / scale), Math.round((frame.y + place.y) / scale)]
  const [columns, rows] = [Math.ceil(place.width / scale), Math.ceil(place.height / scale)]
  expect([frame.width, frame.height], 'the frame is shown at its own size').toEqual([innerWidth, innerHeight])
  expect(Math.round(frame.y + place.bottom), 'all of the element is in the window').toBeLessThanOrEqual(
    top!.innerHeight,
  )
  const context = new OffscreenCanvas(columns, rows).getContext('2d')!
  context.drawImage(bitmap, -fromX, -fromY)
  const { data } = context.getImageData(0, 0, columns, rows)
  const edges = { left: Number.POSITIVE_INFINITY, top: Number.POSITIVE_INFINITY, right: 0, bottom: 0 }
  for (let at = 0; at < data.length; at += 4) {
    if (data[at]! < 128 || data[at + 2]! > 127) continue
    const x = (at / 4) % columns
    const y = Math.floor(at / 4 / columns)
    edges.left = Math.min(edges.left, x)
    edges.top = Math.min(edges.top, y)
    edges.right = Math.max(edges.right, x + 1)
    edges.bottom = Math.max(edges.bottom, y + 1)
  }
  const { left, top: upper, right, bottom } = edges
  return { x: left * scale, y: upper * scale, width: (right - left) * scale, height: (bottom - upper) * scale }
}

/** Edges of pixels are found to the pixel, and blurred where the picture is enlarged. */
function expectNear(actual: Box, wanted: Box): void {
  for (const side of ['x', 'y', 'width', 'height'] as const) {
    expect(Math.abs(actual[side] - wanted[side]), `${side}: ${actual[side]} for ${wanted[side]}`).toBeLessThan(2.1)
  }
}

const FRAME = 'border: solid black; border-width: 3px 6px 9px 12px; padding: 4px 8px 16px 20px;'

describe('scaleFaces lands where the browser shows the picture', () => {
  it.each([
    'width: 300px; height: 120px',
    'width: 300px; height: 120px; object-fit: contain',
    'width: 160px; height: 240px; object-fit: contain; object-position: right bottom',
    'width: 300px; height: 240px; object-fit: cover',
    'width: 180px; height: 200px; object-fit: cover; object-position: 30% 10px',
    'width: 320px; height: 240px; object-fit: none; object-position: left 10px bottom 20px',
    'width: 180px; height: 90px; object-fit: none; object-position: 60% 40%',
    'width: 320px; height: 240px; object-fit: scale-down; object-position: 0 100%',
    'width: 150px; height: 240px; object-fit: scale-down',
    'width: 320px; height: 240px; object-fit: contain; object-position: calc(100% - 15px) calc(25% + 5px)',
    `width: 240px; height: 150px; ${FRAME}`,
    `width: 240px; height: 150px; object-fit: contain; object-position: top; ${FRAME}`,
    `width: 240px; height: 150px; box-sizing: border-box; object-fit: cover; ${FRAME}`,
    `width: 60%; max-width: 250.5px; aspect-ratio: 4 / 3; object-fit: contain; margin: 11px; ${FRAME}`,
  ])('<img style="%s">', async (style) => {
    const image = await picture(style)
    const answer = scaleFaces(faces, from, image)
    expectNear(answer[0]!.box, await redIn(image))
    const { width, height } = image.getBoundingClientRect()
    expect(answer.imageWidth).toBeCloseTo(width, 1)
    expect(answer.imageHeight).toBeCloseTo(height, 1)
  })

  it('mirrored, with the transform that shows it so', async () => {
    const image = await picture(`width: 240px; height: 150px; object-fit: contain; transform: scaleX(-1); ${FRAME}`)
    expectNear(scaleFaces(faces, from, image, { mirror: true })[0]!.box, await redIn(image))
  })

  it('a canvas that shows the picture, in CSS pixels', async () => {
    const canvas = shown(
      paint(document.createElement('canvas')),
      `width: 320px; height: 90px; object-fit: contain; ${FRAME}`,
    )
    expectNear(scaleFaces(faces, from, canvas, { units: 'css' })[0]!.box, await redIn(canvas))
  })

  it.each([1, 2, 3])('a canvas that is drawn on, with %i pixels for one of CSS', async (ratio) => {
    const canvas = shown(document.createElement('canvas'), 'width: 300px; height: 240px')
    Object.assign(canvas, { width: 300 * ratio, height: 240 * ratio })
    const [{ box }] = scaleFaces(faces, from, canvas, { fit: 'contain' }) as BoxFace[] as [BoxFace]
    const context = canvas.getContext('2d')!
    context.fillStyle = 'red'
    context.fillRect(box.x, box.y, box.width, box.height)
    // Where a picture of 200 x 100, shown whole in 300 x 240, has its red part.
    expectNear(await redIn(canvas), { x: 60, y: 75, width: 90, height: 60 })
  })

  it('an element that fills the place of the picture: its content box, to the fraction of a pixel', () => {
    const element = shown(document.createElement('div'), `width: 33.3%; height: 77.7px; ${FRAME}`)
    const child = element.appendChild(document.createElement('div'))
    child.style.cssText = 'width: 100%; height: 100%'
    const [outer, inner] = [element.getBoundingClientRect(), child.getBoundingClientRect()]
    const [{ box }] = scaleFaces([{ box: { x: 0, y: 0, ...from }, confidence: 1 }], from, element) as BoxFace[] as [
      BoxFace,
    ]
    expect(box.x).toBeCloseTo(inner.x - outer.x, 1)
    expect(box.y).toBeCloseTo(inner.y - outer.y, 1)
    expect(box.width).toBeCloseTo(inner.width, 1)
    expect(box.height).toBeCloseTo(inner.height, 1)
  })

  it('elements that are not in the page: a canvas has pixels all the same, a video has none', () => {
    expect(scaleFaces(faces, from, paint(document.createElement('canvas')))[0]!.box).toEqual(RED)
    const act = () => scaleFaces(faces, from, document.createElement('video'))
    expect(act).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }))
    expect(act).toThrow(/must be shown on the page/)
    expect(() => scaleFaces(faces, from, document.querySelector('#missing')!)).toThrow(/got null/)
  })
})
