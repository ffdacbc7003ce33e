import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { search } from '../../src/cascade/search.ts'
import type { Pixels } from '../../src/image/pixels.ts'
import { DEFAULT_OPTIONS, PRESETS, type ResolvedOptions } from '../../src/options/options.ts'
import type { Core } from '../../src/wasm/core.ts'
import { TeamLeader } from '../../src/workers/team-leader.ts'
import { followLeader } from '../../src/workers/team-member.ts'
import type { ShareReply, ShareRequest } from '../../src/workers/team-protocol.ts'
import { TeamSide } from '../../src/workers/team-side.ts'
import { createCore } from '../helpers/core.ts'
import { photograph } from '../helpers/photographs.ts'
import { rejection } from '../helpers/refusal.ts'

const faces = await photograph('tracking', 'examples/assets/faces.jpg')
let cores: Core[]

beforeAll(async () => {
  cores = await Promise.all([createCore(), createCore(), createCore()])
})

function imageIn(memory: ArrayBufferLike): Pixels {
  const { data, width, height } = faces
  const bytes = new Uint8Array(memory)
  bytes.set(data)
  return { data: bytes, width, height, channels: 3, order: 'rgb', stride: 3 * width }
}
const shared = imageIn(new SharedArrayBuffer(faces.data.length))
const unshared = imageIn(new ArrayBuffer(faces.data.length))

/** Two ports that belong together; closed with the test. */
function channel(): [leader: MessagePort, member: MessagePort] {
  const { port1, port2 } = new MessageChannel()
  onTestFinished(() => {
    port1.close()
    port2.close()
  })
  return [port1, port2]
}

/** A leader, and a member for each of what is to be on the other side of its port. */
function team(...members: ((port: MessagePort) => void)[]): TeamSide {
  const leader = new TeamSide(cores[0]!)
  for (const [n, connect] of members.entries()) {
    const [near, far] = channel()
    connect(far)
    leader.take({ type: 'team', member: n + 1, port: near })
  }
  return leader
}

const real = (n: number) => (port: MessagePort) => new TeamSide(cores[n]!).take({ type: 'team', port })

/** A member that does with requests what is said, and what they were. */
function scripted(answer: (request: ShareRequest, port: MessagePort) => void) {
  const requests: ShareRequest[] = []
  const connect = (port: MessagePort) => {
    port.onmessage = ({ data }) => {
      requests.push(data)
      answer(data, port)
    }
  }
  return { requests, connect, asked: (type: ShareRequest['type']) => requests.some((request) => request.type === type) }
}

const silent = () => scripted(() => undefined)

async function alone(pixels: Pixels, options: ResolvedOptions = DEFAULT_OPTIONS) {
  const { detections, trace } = await search(await createCore(), pixels, options)
  return { detections, levels: trace.levels, proposals: trace.proposals }
}

async function together(leader: TeamSide, pixels: Pixels, options: ResolvedOptions = DEFAULT_OPTIONS) {
  const { detections, trace } = await leader.search(cores[0]!, pixels, options)
  return { detections, levels: trace.levels, proposals: trace.proposals }
}

describe('a worker in a team', () => {
  it('leads, and the search is what it is alone; pixels in shared memory or not', async () => {
    const leader = team(real(1), real(2))
    for (const preset of ['classic', 'balanced'] as const) {
      const options: ResolvedOptions = { ...PRESETS[preset], rotate: [0, 90], pad: 20 / 346, stages: 'full' }
      for (const pixels of [shared, unshared]) {
        const found = await together(leader, pixels, options)
        expect(found.detections.length).toBeGreaterThan(2)
        expect(found).toEqual(await alone(pixels, options))
      }
    }
    expect(unshared.data.length).toBe(faces.data.length)
  })

  it('gives members their part of the pixels, and those in shared memory as they are', async () => {
    const parts: number[] = []
    const watching = (port: MessagePort) => {
      const [near, far] = channel()
      real(1)(far)
      near.onmessage = ({ data }: MessageEvent<ShareReply>) => port.postMessage(data)
      port.onmessage = ({ data }: MessageEvent<ShareRequest>) => {
        if (data.type === 'propose') parts.push(data.source.pixels.data.buffer.byteLength)
        near.postMessage(data)
      }
    }
    const leader = team(watching)
    await together(leader, shared)
    await together(leader, unshared)
    expect(parts[0]).toBe(faces.data.length)
    expect(parts[1]).toBeLessThan(faces.data.length)
  })

  it('tells what each thread was busy with', async () => {
    const { trace } = await team(real(1), real(2)).search(cores[0]!, shared, { ...DEFAULT_OPTIONS, rotate: [0, 180] })
    const threads = trace.threads!
    expect(threads.length).toBeGreaterThan(1)
    for (const { resize, proposal } of threads) expect(Math.min(resize, proposal)).toBeGreaterThan(0)
    expect(threads[0]!.proposal).toBeLessThanOrEqual(trace.milliseconds.proposal)
  })

  it('searches alone where nobody is left, and again with who comes', async () => {
    const leader = team(real(1))
    leader.take({ type: 'team', member: 1 })
    const expected = await alone(shared)
    expect(await together(leader, shared)).toEqual(expected)
    const [near, far] = channel()
    real(2)(far)
    leader.take({ type: 'team', member: 1, port: near })
    const { detections, trace } = await leader.search(cores[0]!, shared, DEFAULT_OPTIONS)
    expect(detections).toEqual(expected.detections)
    expect(trace.threads).toHaveLength(2)
  })

  it.each(['propose', 'answer'] as const)('a member that is lost when asked to %s: the others search', async (when) => {
    const lost = scripted((request, port) => {
      if (request.type === when) leader.take({ type: 'team', member: 1 })
      else if (request.type === 'propose') {
        const levels = request.levels.map(() => new Uint8Array())
        const times = { load: 0, resize: 0, proposal: 0, patches: 0, refine: 0, output: 0 }
        port.postMessage({ type: 'proposed', id: request.id, levels, times } satisfies ShareReply)
      }
    })
    const leader = team(lost.connect, real(2))
    expect(await together(leader, shared)).toEqual(await alone(shared))
    expect(lost.asked(when)).toBe(true)
    // The one that is left has not fallen out of step.
    expect(await together(leader, unshared)).toEqual(await alone(unshared))
  })

  it('an abort ends the wait for a member, which is told to stop', async () => {
    const member = silent()
    const leader = team(member.connect)
    const controller = new AbortController()
    const searching = leader.search(cores[0]!, shared, { ...DEFAULT_OPTIONS, signal: controller.signal })
    searching.catch(() => undefined)
    await vi.waitUntil(() => member.asked('propose'))
    controller.abort(new Error('enough'))
    await expect(searching).rejects.toThrow('enough')
    await vi.waitUntil(() => member.asked('stop'))
    const [first, stop] = member.requests
    expect(first).toMatchObject({ type: 'propose', abortable: true, id: (stop as { id: number }).id })
  })

  it('what goes wrong in a member is told as if it had gone wrong here', async () => {
    const failing = scripted((request, port) => {
      const error = { code: 'OUT_OF_MEMORY', message: 'no more' } as const
      if (request.type !== 'stop') port.postMessage({ type: 'failed', id: request.id, error } satisfies ShareReply)
    })
    const error = await rejection(team(failing.connect, real(2)).search(cores[0]!, shared, DEFAULT_OPTIONS))
    expect(error).toMatchObject({ code: 'OUT_OF_MEMORY', message: 'no more' })
  })
})

describe('a member', () => {
  it('stops what it is at and what waits, and goes on with what comes next', async () => {
    const [near, far] = channel()
    followLeader(cores[1]!, far)
    const replies: ShareReply[] = []
    near.onmessage = ({ data }) => replies.push(data)
    const width = 1200
    const height = 1000
    const pixels: Pixels = {
      data: new Uint8Array(new SharedArrayBuffer(3 * width * height)),
      width,
      height,
      channels: 3,
      order: 'rgb',
      stride: 3 * width,
    }
    const request = {
      type: 'propose',
      abortable: true,
      source: { pixels, region: { x: 0, y: 0, width, height }, turn: 0, pad: 0 },
      levels: [{ scale: 1, width, height }],
      threshold: 0.6,
      everyCell: false,
    } as const
    const all = [{ first: 0, end: 496 }]
    const post = (id: number, cells: readonly { first: number; end: number }[]) =>
      near.postMessage({ ...request, id, cells } satisfies ShareRequest)
    post(1, all)
    post(2, all)
    near.postMessage({ type: 'stop', id: 1 } satisfies ShareRequest)
    near.postMessage({ type: 'stop', id: 2 } satisfies ShareRequest)
    post(3, [{ first: 0, end: 4 }])
    await vi.waitUntil(() => replies.some(({ id }) => id === 3))
    expect(replies.filter(({ type }) => type === 'proposed').map(({ id }) => id)).toEqual([3])
  })

  it('a leader with nobody to lead is a search', async () => {
    const { detections } = await new TeamLeader().search(cores[0]!, shared, DEFAULT_OPTIONS)
    expect(detections).toEqual((await alone(shared)).detections)
  })
})
