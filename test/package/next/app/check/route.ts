// What the recipe does not show: each kind of weights, threads, a file by its path and as a Buffer.

import { readFile } from 'node:fs/promises'
import { MTCNN, MTCNNPool } from 'mtcnn-wasm'

export const dynamic = 'force-dynamic'

export async function GET() {
  const path = process.env.PHOTOGRAPH!
  const photograph = await readFile(path)
  const single = await MTCNN.create()
  const half = await MTCNN.create({ weights: 'f16' })
  const fast = await MTCNN.create({ precision: 'fast', worker: true })
  const pool = await MTCNNPool.create({ size: 2, weights: 'f16' })
  const answers = []
  for (const [detector, image] of [
    [single, photograph],
    [half, path],
    [fast, photograph],
    [pool, new Blob([photograph])],
  ] as const) {
    answers.push({ faces: [...(await detector.detectFaces(image))], info: detector.info })
    detector.dispose()
  }
  return Response.json(answers)
}
