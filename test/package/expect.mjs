/** Pixels: Chromium decodes the photograph a little differently than libvips does. */
const NEAR = 1.5

/**
 * Fails unless the faces are those that are wanted, in any order.
 *
 * @param {{ box: Record<string, number> }[]} faces
 * @param {{ box: Record<string, number> }[]} wanted
 */
export function expectNear(faces, wanted, pixels = NEAR) {
  if (faces.length !== wanted.length) throw new Error(`${faces.length} faces, wanted ${wanted.length}`)
  for (const { box } of wanted) {
    const far = faces.map((face) => Math.max(...Object.keys(box).map((side) => Math.abs(face.box[side] - box[side]))))
    if (Math.min(...far) > pixels) throw new Error(`no face is near ${JSON.stringify(box)}`)
  }
}

/**
 * Fails unless an answer, as JSON, has the faces that are wanted, bit for bit.
 *
 * @param {string} text
 * @param {object[]} wanted
 */
export function expectSame(text, wanted) {
  const answer = JSON.parse(text)
  if (JSON.stringify(answer.faces) !== JSON.stringify(wanted)) throw new Error(`other faces: ${text.slice(0, 300)}`)
  return `${answer.faces.length} faces, bit for bit Node's`
}
