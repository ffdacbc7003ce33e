import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parseWeights } from '../../src/assets/weights.ts'
import type { Pixels } from '../../src/image/pixels.ts'
import { DEFAULT_OPTIONS } from '../../src/options/options.ts'
import type { Reply, Request } from '../../src/workers/protocol.ts'
import { serve } from '../../src/workers/worker-host.ts'
import { noise, photograph } from '../helpers/photographs.ts'

const file = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url))
const kernels = file('build/mtcnn.wasm')
const weights = parseWeights(file('weights/mtcnn-f32.bin')).data
const { signal: _, ...options } = DEFAULT_OPTIONS

async function pixelsOf(image: { data: Uint8Array; width: number; height: number }): Promise<Pixels> {
  return { ...image, channels: 3, order: 'rgb', stride: 3 * image.width }
}

function host() {
  const replies: Reply[] = []
  const answer = serve((reply) => void replies.push(reply))
  const search = async (id: number, image: Parameters<typeof pixelsOf>[0], abortable = false): Promise<Request> => {
    return { type: 'search', id, pixels: await pixelsOf(image), options, detail: 'counts', abortable }
  }
  return { replies, answer, search }
}

it('says that it runs, gets ready, and answers searches', async () => {
  const { replies, answer, search } = host()
  expect(replies).toEqual([{ type: 'loaded' }])
  await answer({ type: 'start', kernels, weights })
  expect(replies[1]).toEqual({ type: 'ready' })
  await answer(await search(7, await photograph('tracking', 'examples/assets/faces.jpg')))
  expect(replies[2]).toMatchObject({ type: 'found', id: 7, outcome: { detections: { length: 3 } } })
})

it('refuses what it cannot run, and goes on after a search that fails', async () => {
  const { replies, answer, search } = host()
  await answer({ type: 'start', kernels: new Uint8Array(8), weights })
  expect(replies[1]).toMatchObject({ type: 'refused', error: { code: expect.any(String) } })
  await answer(await search(1, noise(30, 30)))
  expect(replies[2]).toMatchObject({
    type: 'failed',
    id: 1,
    error: { message: 'Error: a search came before the start' },
  })
  await answer({ type: 'start', kernels, weights })
  await answer(await search(2, noise(30, 30)))
  expect(replies.slice(3)).toMatchObject([{ type: 'ready' }, { type: 'found', id: 2 }])
})

it('an abort stops the search it names, and no other', async () => {
  const { replies, answer, search } = host()
  await answer({ type: 'start', kernels, weights })
  const first = answer(await search(1, noise(600, 400), true))
  answer({ type: 'abort', id: 5 })
  answer({ type: 'abort', id: 1 })
  await first
  expect(replies.at(-1)).toMatchObject({
    type: 'failed',
    id: 1,
    error: { message: expect.stringContaining('AbortError') },
  })
  // One that is over is no longer known.
  answer({ type: 'abort', id: 1 })
  await answer(await search(1, noise(30, 30), true))
  expect(replies.at(-1)).toMatchObject({ type: 'found', id: 1 })
})

it('an answer that cannot be posted is told as a failure', async () => {
  const replies: Reply[] = []
  const answer = serve((reply) => {
    if (reply.type === 'found') throw new Error('could not be cloned')
    replies.push(reply)
  })
  await answer({ type: 'start', kernels, weights })
  await answer(await host().search(1, noise(30, 30)))
  expect(replies.at(-1)).toMatchObject({ type: 'failed', id: 1, error: { message: 'Error: could not be cloned' } })
})
