// Compiled, never run: every export and subpath, as each kind of module resolution sees them.
import { type Face, MTCNN, MTCNNPool, MtcnnError, toReference } from 'mtcnn-wasm'
import { MTCNN as Slim } from 'mtcnn-wasm/slim'

export async function use(image: { data: Uint8Array; width: number; height: number }): Promise<Face[]> {
  const detector: MTCNN = await MTCNN.create({ minFaceSize: 40, weights: 'f16', preset: 'accurate' })
  const pool = await MTCNNPool.create({ size: 2, policy: 'latest' })
  const skipped: readonly Face[] | null = await pool.detectFaces(image)
  const slim = await Slim.create({ module: new URL('file:///mtcnn.wasm'), weights: new Uint8Array(4) })
  // @ts-expect-error: the slim entry brings no kernels
  await Slim.create({ weights: new Uint8Array(4) })
  // @ts-expect-error: no such option
  await MTCNN.create({ minFacesize: 40 })
  for await (const { index, faces } of detector.detectAll([image])) void [index, faces.length, skipped?.length]
  const error: Error = new MtcnnError('DISPOSED', 'over')
  void [toReference(await slim.detectFaces(image)), error.message]
  return detector.detectFaces(image)
}
