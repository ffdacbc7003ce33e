/** Many images through a pool, and how their pixels got to the workers. */
import { onTestFinished, vi } from 'vitest'
import { MTCNN, MTCNNPool } from '../../src/index.ts'
import type { Request } from '../../src/workers/protocol.ts'
import { hashOfFaces } from '../helpers/hash.ts'
import { HEIGHT, photographBytes, WIDTH } from './pixels.ts'

/** The photograph without its first rows: each of another size. */
async function images() {
  const data = await photographBytes()
  return Array.from({ length: 12 }, (_, n) => ({
    data: data.subarray(3 * WIDTH * n),
    width: WIDTH,
    height: HEIGHT - n,
  }))
}

/** What a pool of two finds, and a detector on the page; the buffers in which pixels were posted, and how many were transferred. */
export async function throughPool() {
  const buffers: ArrayBufferLike[] = []
  let transferred = 0
  const post = Worker.prototype.postMessage
  const watch = vi.spyOn(Worker.prototype, 'postMessage').mockImplementation(function (
    this: Worker,
    message,
    transfer,
  ) {
    const request = message as Request
    if ('pixels' in request && request.pixels) {
      buffers.push(request.pixels.data.buffer)
      transferred += (transfer as Transferable[]).length
    }
    Reflect.apply(post, this, [message, transfer])
  })
  const here = await MTCNN.create({ worker: false })
  const pool = await MTCNNPool.create({ size: 2 })
  onTestFinished(() => {
    watch.mockRestore()
    here.dispose()
    pool.dispose()
  })
  const given = await images()
  const found = await Promise.all(given.map((image) => pool.detectFaces(image)))
  const [first] = given
  const extracted = await Promise.all([pool.extractFaces(first!), pool.detectFaces(first!), pool.extractFaces(first!)])
  const wanted: string[] = []
  for (const image of given) wanted.push(hashOfFaces(await here.detectFaces(image)))
  return {
    found: found.map(hashOfFaces),
    wanted,
    extracted,
    wantedCrops: await here.extractFaces(first!),
    buffers,
    transferred,
    unchanged: given.every(({ data }) => data.length > 0),
  }
}
