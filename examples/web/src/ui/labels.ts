import type { AnyFace } from 'mtcnn-wasm/slim'
import { percent } from '../state.ts'

interface Area {
  x: number
  y: number
  width: number
  height: number
}

/** A label and the place of its top left corner in the view, pixels. */
export interface Label {
  text: string
  x: number
  y: number
}

/** As in the style: pixels that a label takes beside its characters, and those of a character. */
const PADDING = 10
const CHARACTER = 6.4
const HEIGHT = 18
const GAP = 3

/**
 * A place for the confidence of every face, where it is inside the view and on no other label and no other face: above,
 * below or inside of its box; without the decimal where there is less room. The most confident choose first; where there is
 * no room at all, none.
 */
export function placeLabels(faces: readonly AnyFace[], view: { width: number; height: number }): (Label | undefined)[] {
  const labels: Area[] = []
  return faces.map(({ box, confidence }, n) => {
    const others = faces.filter((_, other) => other !== n).map((face) => face.box)
    for (const text of [percent(confidence), percent(confidence, 0)]) {
      const width = PADDING + CHARACTER * text.length
      const inside = width < box.width && box.height > 3 * HEIGHT
      const lefts = [box.x, box.x + box.width / 2 - width / 2, box.x + box.width - width]
      const tops = [box.y - HEIGHT - GAP, box.y + box.height + GAP, ...(inside ? [box.y + GAP] : [])]
      for (const y of tops) {
        for (const left of lefts) {
          const x = Math.min(Math.max(left, 0), view.width - width)
          const area = { x, y, width, height: HEIGHT }
          if (x < 0 || y < 0 || y + HEIGHT > view.height) continue
          if ([...labels, ...others].some((other) => overlap(area, other))) continue
          labels.push(area)
          return { text, x, y }
        }
      }
    }
    return undefined
  })
}

function overlap(a: Area, b: Area): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
}
