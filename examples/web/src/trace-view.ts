import type { Box, Explanation, LevelTrace } from 'mtcnn-wasm'
import { heatMap } from './heat.ts'

const NUMBER = new Intl.NumberFormat('en')

/** Longest side of the drawings, device pixels. */
const SIDE = 480

type Picture = ImageBitmap | VideoFrame

/** The panel that shows how the faces were found. */
export class TraceView {
  readonly #panel: HTMLDetailsElement

  constructor(panel: HTMLDetailsElement, toggled: () => void) {
    this.#panel = panel
    panel.addEventListener('toggle', toggled)
  }

  get open(): boolean {
    return this.#panel.open
  }

  /** Whether somebody can see it; what is live is drawn only then. */
  get inView(): boolean {
    const { top, bottom } = this.#panel.getBoundingClientRect()
    return this.open && top < innerHeight && bottom > 0
  }

  /** Draws in small steps, so that the page stays quick; `picture` may be closed after the first. */
  async show(explanation: Explanation, picture: Picture, signal: AbortSignal): Promise<void> {
    const small = ground(picture, explanation)
    this.#part('.nothing').hidden = true
    this.#part('#trace-body').hidden = false
    this.#part('#funnel').replaceChildren(...funnel(explanation))
    const { trace, faces } = explanation
    const boxes = (list: typeof trace.proposalBoxes) => {
      return list.map(([x1, y1, x2, y2]): Box => ({ x: x1, y: y1, width: x2 - x1, height: y2 - y1 }))
    }
    const kept: [string, Box[]][] = [
      ['P-Net proposes', boxes(trace.proposalBoxes)],
      ['R-Net keeps', boxes(trace.refinedBoxes)],
      ['O-Net answers', faces.map(({ box }) => box)],
    ]
    const nets: HTMLElement[] = []
    for (const [name, list] of kept) {
      await nextFrame()
      nets.push(drawnNet(name, small, explanation, list))
    }
    if (signal.aborted) return
    this.#part('#nets').replaceChildren(...nets)
    const levels: HTMLElement[] = []
    for (const level of trace.levels) {
      await nextFrame()
      if (signal.aborted) return
      levels.push(drawnLevel(level, small))
    }
    this.#part('#levels').replaceChildren(...levels)
  }

  #part(selector: string): HTMLElement {
    return this.#panel.querySelector<HTMLElement>(selector)!
  }
}

/** How many were left after each step. The bars are logarithmic: the first step is the steepest by far. */
function funnel({ trace, faces }: Explanation): HTMLElement[] {
  const sum = (of: (level: LevelTrace) => number) => trace.levels.reduce((total, level) => total + of(level), 0)
  const cells = sum(({ cells: [columns, rows] }) => columns * rows)
  const steps: [string, number][] = [
    ['places looked at', cells],
    ['passed by P-Net', sum(({ passed }) => passed)],
    ['proposals, overlaps removed', trace.proposals],
    ['passed by R-Net', trace.refinePassed],
    ['refined, overlaps removed', trace.refined],
    ['passed by O-Net', trace.outputPassed],
    [faces.length === 1 ? 'face' : 'faces', faces.length],
  ]
  return steps.map(([name, count]) => {
    const item = document.createElement('li')
    const number = document.createElement('strong')
    const label = document.createElement('span')
    number.textContent = NUMBER.format(count)
    label.textContent = name
    item.append(number, ' ', label)
    item.style.setProperty('--share', `${(100 * Math.log(count + 1)) / Math.log(Math.max(cells, 1) + 1)}%`)
    return item
  })
}

function drawnNet(name: string, picture: OffscreenCanvas, { width }: Explanation, boxes: readonly Box[]): HTMLElement {
  const { canvas, context } = canvasOf(picture.width, picture.height)
  context.drawImage(picture, 0, 0)
  const scale = picture.width / width
  context.strokeStyle = '#5ff0b4'
  // Hundreds of proposals lie over one another: the more there are, the fainter is each.
  context.globalAlpha = Math.min(1, Math.max(0.5, 12 / boxes.length))
  context.lineWidth = boxes.length > 40 ? 1.5 : 2.5
  for (const box of boxes) {
    context.strokeRect(box.x * scale, box.y * scale, box.width * scale, box.height * scale)
  }
  return figure(canvas, `${name} ${NUMBER.format(boxes.length)}`, `${name} ${boxes.length} boxes`)
}

function drawnLevel({ scale, width, height, cells, passed, afterNms, scores }: LevelTrace, picture: OffscreenCanvas) {
  const shrink = Math.min(1, SIDE / Math.max(width, height))
  const { canvas, context } = canvasOf(Math.round(width * shrink), Math.round(height * shrink))
  const [columns, rows] = cells
  context.drawImage(picture, 0, 0, canvas.width, canvas.height)
  if (scores && scores.length > 0) {
    // Each cell's window is 12 pixels wide and 2 from the next one's: the map starts at the middle of the first.
    context.imageSmoothingEnabled = false
    const heat = heatMap(scores, columns, rows, SIDE / 2)
    const [across, down] = [canvas.width / width, canvas.height / height]
    context.drawImage(heat, 5 * across, 5 * down, 2 * columns * across, 2 * rows * down)
  }
  const size = `Faces of ${Math.round(12 / scale)} px`
  const detail = passed > 0 ? `${NUMBER.format(passed)} passed, ${NUMBER.format(afterNms)} left` : 'none passed'
  const described = `P-Net's scores at ${width} × ${height} pixels: ${passed} of ${columns * rows} places passed`
  return figure(canvas, size, described, `${width} × ${height}, ${detail}`)
}

function figure(canvas: HTMLCanvasElement, title: string, described: string, detail?: string): HTMLElement {
  const made = document.createElement('figure')
  const caption = document.createElement('figcaption')
  const strong = document.createElement('strong')
  strong.textContent = title
  caption.append(strong)
  if (detail) caption.append(detail)
  canvas.role = 'img'
  canvas.ariaLabel = described
  made.append(canvas, caption)
  return made
}

function canvasOf(width: number, height: number) {
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(width, 1)
  canvas.height = Math.max(height, 1)
  return { canvas, context: canvas.getContext('2d')! }
}

/** The picture as the ground to draw on: grey and dark, and no larger than needed. */
function ground(picture: Picture, { width, height }: Explanation): OffscreenCanvas {
  const shrink = (1.5 * SIDE) / Math.max(width, height)
  const canvas = new OffscreenCanvas(Math.max(1, Math.round(width * shrink)), Math.max(1, Math.round(height * shrink)))
  const context = canvas.getContext('2d')!
  context.filter = 'grayscale(1) brightness(0.6)'
  context.imageSmoothingQuality = 'high'
  context.drawImage(picture, 0, 0, canvas.width, canvas.height)
  return canvas
}

function nextFrame(): Promise<void> {
  // A hidden page has no frames; there, its work may take its time.
  return new Promise((resolve) => (document.hidden ? setTimeout(resolve, 50) : requestAnimationFrame(() => resolve())))
}
