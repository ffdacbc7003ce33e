import { type Face, type Faces, scaleFaces } from 'mtcnn-wasm'

const SVG = 'http://www.w3.org/2000/svg'

/** Narrower boxes have no room for their confidence. */
const LABEL_FROM = 40

/** Boxes and landmarks over the picture: follows the element's size, however the page is laid out. */
export class Overlay {
  readonly #svg: SVGSVGElement
  #faces: Faces | undefined
  #mirror = false

  constructor(svg: SVGSVGElement) {
    this.#svg = svg
    new ResizeObserver(() => this.#draw()).observe(svg)
  }

  set mirror(mirrored: boolean) {
    this.#mirror = mirrored
    this.#draw()
  }

  show(faces: Faces): void {
    this.#faces = faces
    this.#draw()
  }

  clear(): void {
    this.#faces = undefined
    this.#draw()
  }

  #draw(): void {
    const faces = this.#faces
    const { width, height } = this.#svg.getBoundingClientRect()
    if (!faces || width === 0 || height === 0) {
      this.#svg.replaceChildren()
      return
    }
    const shown = scaleFaces(faces, { width, height }, { fit: 'contain', mirror: this.#mirror })
    // The most confident last, on top of the others.
    this.#svg.replaceChildren(...shown.map((face) => drawn(face, width)).reverse())
  }
}

function drawn({ box, confidence, keypoints }: Face, width: number): SVGElement {
  const group = element('g', { class: 'face' })
  const corner = Math.min(6, box.width / 8)
  const frame = { x: box.x, y: box.y, width: box.width, height: box.height, rx: corner }
  group.append(element('rect', { ...frame, class: 'halo' }), element('rect', { ...frame, class: 'line' }))
  const radius = Math.min(Math.max(box.width / 45, 1.2), 3.5)
  for (const { x, y } of Object.values(keypoints ?? {})) {
    group.append(element('circle', { cx: x, cy: y, r: radius, class: 'point' }))
  }
  if (box.width >= LABEL_FROM) group.append(...label(box, percent(confidence), width))
  return group
}

/** Above the box, or inside it where there is no room above. */
function label(box: Face['box'], text: string, width: number): SVGElement[] {
  const size = { width: 10 + 7 * text.length, height: 18 }
  const x = Math.min(Math.max(box.x, 0), width - size.width)
  const y = box.y >= size.height + 3 ? box.y - size.height - 3 : Math.max(box.y, 0) + 3
  const caption = element('text', { x: x + size.width / 2, y: y + 13, class: 'text' })
  caption.textContent = text
  return [element('rect', { x, y, ...size, rx: 5, class: 'chip' }), caption]
}

/** @example percent(0.9987) // '99.8 %' (never rounded up to certainty) */
export function percent(confidence: number): string {
  return `${(Math.floor(confidence * 1000) / 10).toFixed(1)} %`
}

function element(name: string, attributes: Record<string, string | number>): SVGElement {
  const made = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value))
  return made
}
