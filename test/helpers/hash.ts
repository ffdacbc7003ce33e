/**
 * Results as a number: equal for equal bits, in every engine.
 */
import type { AnyFace } from '../../src/shared/face.ts'

/**
 * FNV-1a, 64 bit, over the float64 bits of each face's box, confidence and keypoints, in hexadecimal.
 */
export function hashOfFaces(faces: readonly AnyFace[]): string {
  const numbers = faces.flatMap(({ box, confidence, keypoints }) => [
    box.x,
    box.y,
    box.width,
    box.height,
    confidence,
    ...(keypoints
      ? [keypoints.leftEye, keypoints.rightEye, keypoints.nose, keypoints.mouthLeft, keypoints.mouthRight].flatMap(
          ({ x, y }) => [x, y],
        )
      : []),
  ])
  const view = new DataView(new ArrayBuffer(8))
  let hash = 0xcbf29ce484222325n
  for (const number of numbers) {
    view.setFloat64(0, number, true)
    for (let at = 0; at < 8; at++) {
      hash = BigInt.asUintN(64, (hash ^ BigInt(view.getUint8(at))) * 0x100000001b3n)
    }
  }
  return `${faces.length} faces, ${hash.toString(16).padStart(16, '0')}`
}
