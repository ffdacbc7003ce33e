import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseWeights } from '../../src/assets/weights.ts'
import type { Pixels } from '../../src/image/pixels.ts'
import { DEFAULT_OPTIONS } from '../../src/options/options.ts'
import { claim, createClaims, offer } from '../../src/workers/claims.ts'
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

it('does one request after another, in their order; one that is aborted while it waits is not begun', async () => {
  const { replies, answer, search } = host()
  answer({ type: 'start', kernels, weights })
  answer(await search(1, noise(600, 400), true))
  answer(await search(2, noise(600, 400), true))
  const last = answer(await search(3, noise(30, 30)))
  answer({ type: 'abort', id: 2 })
  await last
  expect(replies.slice(1).map((reply) => [reply.type, 'id' in reply && reply.id])).toEqual([
    ['ready', false],
    ['found', 1],
    ['failed', 2],
    ['found', 3],
  ])
})

it('does not answer what was taken back, and takes what it begins with', async () => {
  const { replies, answer, search } = host()
  const claims = createClaims()
  await answer({ type: 'start', kernels, weights, claims })
  for (const id of [1, 2]) offer(claims, id)
  expect(claim(claims, 1)).toBe(true)
  await answer(await search(1, noise(30, 30)))
  await answer(await search(2, noise(30, 30)))
  expect(replies.slice(2)).toMatchObject([{ type: 'found', id: 2 }])
  expect(claim(claims, 2)).toBe(false)
})

describe('a buffer that is wanted back', () => {
  async function lent() {
    const transfers: unknown[] = []
    const replies: Reply[] = []
    const answer = serve((reply, transfer) => {
      replies.push(reply)
      transfers.push(transfer)
    })
    await answer({ type: 'start', kernels, weights })
    const image = await photograph('tracking', 'examples/assets/faces.jpg')
    const search = { ...(await host().search(1, image)), giveBack: true } as Extract<Request, { type: 'search' }>
    return { answer, search, buffer: search.pixels.data.buffer, last: () => [replies.at(-1), transfers.at(-1)] }
  }

  it('comes with the answer', async () => {
    const { answer, search, buffer, last } = await lent()
    await answer(search)
    expect(last()).toMatchObject([{ type: 'found', buffer }, [buffer]])
  })

  it('comes with the failure', async () => {
    const { answer, search, buffer, last } = await lent()
    await answer({ ...search, pixels: { ...search.pixels, width: 2 ** 20 } })
    expect(last()).toMatchObject([{ type: 'failed', buffer }, [buffer]])
  })

  it('comes with the crops where the pixels were kept for them, and not before', async () => {
    const { answer, search, buffer, last } = await lent()
    await answer({ ...search, keep: true })
    expect(last()).toMatchObject([{ type: 'found' }, undefined])
    expect(last()[0]).not.toHaveProperty('buffer')
    await answer({ type: 'warp', id: 2, requests: [], abortable: false })
    expect(last()).toMatchObject([{ type: 'warped', buffer }, [buffer]])
  })
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
