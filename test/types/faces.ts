// Compiled by `npm run typecheck`, never run: what the types say of an answer, by what was asked for.

import {
  type AnyFace,
  type BoxFace,
  type CreateOptions,
  type DetectOptions,
  type Detector,
  type Face,
  type Faces,
  MTCNN,
  MTCNNPool,
  type PixelImage,
  type PoolOptions,
  scaleFaces,
  toReference,
} from '../../src/index.node.ts'

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** Compiles only where both types are the same. */
function same<A, B>(_: Same<A, B>): void {}

function use(..._values: unknown[]): void {}

export async function answers(image: PixelImage, create: CreateOptions, call: DetectOptions, pools: PoolOptions) {
  const detector = await MTCNN.create({ minFaceSize: 40 })
  const faces = await detector.detectFaces(image)
  same<typeof faces, Faces<Face>>(true)
  // The first example of the README: no `?` and no `!` is needed.
  for (const { box, confidence, keypoints, roll } of faces) use(box.x, confidence, keypoints.leftEye.x, roll.toFixed(1))

  same<Awaited<ReturnType<typeof detector.detectFaces<'boxes'>>>, Faces<BoxFace>>(true)
  const boxes = await detector.detectFaces(image, { stages: 'boxes', minFaceSize: 20 })
  same<typeof boxes, Faces<BoxFace>>(true)
  // @ts-expect-error: there are none
  use(boxes[0]?.keypoints.leftEye)
  const full = await detector.detectFaces(image, { stages: 'full' })
  same<typeof full, Faces<Face>>(true)
  const usual = await detector.detectFaces(image, { stages: undefined })
  same<typeof usual, Faces<Face | BoxFace>>(true)
  const some = await detector.detectFaces(image, call)
  same<typeof some, Faces<Face | BoxFace>>(true)
  use(some[0]?.keypoints?.nose.x)
  const explained = await detector.explain(image, { stages: 'boxes', scores: true })
  same<typeof explained.faces, Faces<BoxFace>>(true)
  for await (const { faces } of detector.detectAll([image], { stages: 'boxes' }))
    same<typeof faces, Faces<BoxFace>>(true)
  for await (const { faces } of detector.detectAll([image])) same<typeof faces, Faces<Face>>(true)
  for await (const { faces, frame } of detector.stream(live(image))) {
    same<typeof faces, Faces<Face>>(true)
    same<typeof frame, PixelImage>(true)
  }
  // @ts-expect-error: no such option
  await detector.detectFaces(image, { minFacesize: 40 })
  // @ts-expect-error: no such value
  await detector.detectFaces(image, { stages: 'box' })

  const loose = await MTCNN.create({ stages: 'boxes' })
  same<typeof loose, MTCNN<'boxes'>>(true)
  const loosely = await loose.detectFaces(image)
  same<typeof loosely, Faces<BoxFace>>(true)
  const fully = await loose.detectFaces(image, { stages: 'full' })
  same<typeof fully, Faces<Face>>(true)
  for await (const { faces } of loose.stream(live(image))) same<typeof faces, Faces<BoxFace>>(true)
  // @ts-expect-error: its faces have no keypoints
  const wrong: MTCNN = loose
  const either: MTCNN<'full' | 'boxes'> = loose
  const any: Detector<never, never, 'full' | 'boxes'> = either
  const unknown = await MTCNN.create(create)
  same<typeof unknown, MTCNN<'full' | 'boxes'>>(true)

  const pool = await MTCNNPool.create({ size: 2 })
  const queued = await pool.detectFaces(image)
  same<typeof queued, Faces<Face>>(true)
  const latest = await MTCNNPool.create({ policy: 'latest', stages: 'boxes' })
  same<typeof latest, MTCNNPool<null, 'boxes'>>(true)
  const newest = await latest.detectFaces(image)
  same<typeof newest, Faces<BoxFace> | null>(true)
  const other = await (await MTCNNPool.create(pools)).detectFaces(image)
  same<typeof other, Faces<Face | BoxFace> | null>(true)

  const shown = scaleFaces(faces, faces, { width: 1, height: 1 })
  same<typeof shown, Faces<Face>>(true)
  const { roll: _, ...old } = faces[0]!
  const list: readonly AnyFace[] = [...boxes, ...faces, old]
  use(toReference(list), toReference(boxes), wrong, any)
}

async function* live(image: PixelImage): AsyncGenerator<PixelImage> {
  yield image
}
