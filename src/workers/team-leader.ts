import { AnswerList, answerBoxes, nearby } from '../cascade/answers.ts'
import type { Answers, Asked, SearchContext, Source, WorkSharing } from '../cascade/context.ts'
import { type Outcome, search } from '../cascade/search.ts'
import { type ProposalWork, proposeShare } from '../cascade/share-work.ts'
import { planShares, rowsOfBoxes, type Share, threadsForPatches, within } from '../cascade/shares.ts'
import type { Pixels } from '../image/pixels.ts'
import type { ResolvedOptions } from '../options/options.ts'
import { abortable } from '../shared/abortable.ts'
import type { Size } from '../shared/face.ts'
import { addTimes, clockFor, type Detail, emptyThreadTimes, type ThreadTimes } from '../shared/trace.ts'
import { neededRows, type Rows } from '../wasm/bands.ts'
import type { Core } from '../wasm/core.ts'
import { frameSize } from '../wasm/frame-writer.ts'
import type { Level } from '../wasm/nets.ts'
import { isShared, partOfSource } from './part-of-image.ts'
import { unpackError } from './protocol.ts'
import type { AnswerShare, ProposeShare, ShareReply, ShareRequest } from './team-protocol.ts'

type Done = Exclude<ShareReply, { type: 'failed' }>

/** A member was lost while it had a share. */
class MemberLost extends Error {}

/** The leader's side of a connection to a member. */
class Member {
  readonly #port: MessagePort
  readonly #waiting = new Map<number, { resolve(reply: Done): void; reject(reason: unknown): void }>()
  #count = 0
  lost = false

  constructor(port: MessagePort) {
    this.#port = port
    port.onmessage = ({ data }: MessageEvent<ShareReply>) => {
      const waiting = this.#waiting.get(data.id)
      this.#waiting.delete(data.id)
      if (data.type === 'failed') waiting?.reject(unpackError(data.error))
      else waiting?.resolve(data)
    }
  }

  ask(task: Omit<ProposeShare, 'id'> | Omit<AnswerShare, 'id'>, transfer: ArrayBuffer[]): Promise<Done> {
    const id = this.#count++
    const answer = new Promise<Done>((resolve, reject) => this.#waiting.set(id, { resolve, reject }))
    // It may fail before the leader comes to wait for it.
    answer.catch(() => undefined)
    if (this.lost) this.lose()
    else this.#port.postMessage({ ...task, id } as ShareRequest, transfer)
    return answer
  }

  /** Nobody waits any more for what it was asked. */
  stop(): void {
    for (const id of this.#waiting.keys()) this.#port.postMessage({ type: 'stop', id } satisfies ShareRequest)
    this.#waiting.clear()
  }

  lose(): void {
    this.lost = true
    this.#port.close()
    for (const { reject } of this.#waiting.values()) reject(new MemberLost())
    this.#waiting.clear()
  }
}

/** Leads a team of workers: searches, and shares the work with the members. */
export class TeamLeader {
  readonly #members = new Map<number, Member>()
  #planned: { readonly what: string; readonly shares: readonly Share[] } | undefined

  /** As `planShares`, which takes a while: images of one size often follow each other. */
  readonly #plan: typeof planShares = (frame, levels, most) => {
    const what = JSON.stringify([frame, levels, most])
    if (this.#planned?.what !== what) this.#planned = { what, shares: planShares(frame, levels, most) }
    return [...this.#planned.shares]
  }

  /** A member has come, in place of one that was lost, or is lost. */
  setMember(number: number, port: MessagePort | undefined): void {
    this.#members.get(number)?.lose()
    this.#members.delete(number)
    if (port) this.#members.set(number, new Member(port))
  }

  /** Searches, once more by those that are left where a member was lost meanwhile. */
  async search(core: Core, pixels: Pixels, options: ResolvedOptions, detail?: Detail): Promise<Outcome> {
    for (;;) {
      const members = [...this.#members.values()]
      if (members.length === 0) return search(core, pixels, options, detail)
      const sharing = new Sharing(members, options.signal, this.#plan)
      try {
        return await search(core, pixels, options, detail, undefined, sharing)
      } catch (error) {
        for (const member of members) member.stop()
        if (!(error instanceof MemberLost)) throw error
      }
    }
  }
}

/** What one search hands out and gathers. */
class Sharing implements WorkSharing {
  readonly #members: readonly Member[]
  readonly #signal: AbortSignal | undefined
  readonly #plan: typeof planShares
  #source: Source | undefined
  #frame: Size = { width: 0, height: 0 }
  /** What each level has, of all threads. */
  #levels: Uint8Array[][] = []
  /** The rows of the frame that each member has. */
  #rows: (readonly Rows[])[] = []

  constructor(members: readonly Member[], signal: AbortSignal | undefined, plan: typeof planShares) {
    this.#members = members
    this.#signal = signal
    this.#plan = plan
  }

  async load(context: SearchContext, source: Source, levels: readonly Level[]): Promise<void> {
    const { core, options } = context
    this.#source = source
    this.#frame = frameSize(source.region, source)
    const [own, ...others] = this.#plan(this.#frame, levels, this.#members.length + 1)
    const given = others.map((cells) => neededRows(this.#frame.height, levels, cells))
    this.#rows = given
    const work = { levels, threshold: options.thresholds.proposal, everyCell: context.detail === 'scores' }
    const answers = others.map((cells, n) => this.#propose(this.#members[n]!, { ...work, source, cells }, given[n]!))
    const clock = this.#clock(context)
    const { checkpoint } = context
    core.clear()
    const parts = [await proposeShare(core, { ...work, source, cells: own! }, { ...clock, rest: 'later', checkpoint })]
    for (const [n, answer] of answers.entries()) {
      const reply = await this.#wait(context, n + 1, answer)
      if (reply.type === 'proposed') parts.push(reply.levels)
    }
    this.#levels = levels.map((_, level) => parts.map((part) => part[level]!))
    context.addTime('proposal')
  }

  #propose(member: Member, work: ProposalWork, rows: readonly Rows[]): Promise<Done> {
    const { source, transfer } = this.#partOf(work.source, rows)
    return member.ask({ type: 'propose', ...work, source, abortable: this.#signal !== undefined }, transfer)
  }

  propose(core: Core, level: number): number {
    return core.putLevelCandidates(this.#levels[level]!)
  }

  async answer(context: SearchContext, asked: Asked): Promise<Answers> {
    const { core, checkpoint } = context
    const { net, boxes } = asked
    const count = boxes.length / 4
    const threads = threadsForPatches(net, asked.flip ? 2 * count : count, Math.min(this.#members.length + 1, count))
    const order = nearby(boxes)
    const shares = Array.from({ length: threads }, (_, n) => {
      const indices = order.subarray(Math.round((n * count) / threads), Math.round(((n + 1) * count) / threads))
      const own = new Float64Array(4 * indices.length)
      for (const [k, index] of indices.entries()) own.set(boxes.subarray(4 * index, 4 * index + 4), 4 * k)
      return { indices, asked: { ...asked, boxes: own } }
    })
    const all = new AnswerList(net, count)
    const gather = (indices: Int32Array, { values, given }: Pick<AnswerList, 'values' | 'given'>) => {
      for (const [k, index] of indices.entries()) {
        if (given[k]) all.set(index, values.subarray(k * net.answer, (k + 1) * net.answer))
      }
    }
    const [own, ...others] = shares
    const answers = others.map(({ asked: part }, n) => this.#ask(n, part))
    const clock = this.#clock(context)
    const { pixels, region, turn, pad } = this.#source!
    const rows = rowsOfBoxes(own!.asked.boxes, net, this.#frame.height)
    await core.loadRows(pixels, region, rows, { turn, pad, checkpoint, ...clock })
    gather(own!.indices, await answerBoxes({ core, nets: core, checkpoint, ...clock }, own!.asked))
    for (const [n, answer] of answers.entries()) {
      const reply = await this.#wait(context, n + 1, answer)
      if (reply.type === 'answered') gather(others[n]!.indices, reply)
    }
    context.addTime(net.stage)
    return all
  }

  #ask(n: number, { net, boxes, flip, interpolated }: Asked): Promise<Done> {
    const rows = rowsOfBoxes(boxes, net, this.#frame.height)
    const task = { type: 'answer', net, boxes, flip, interpolated, abortable: this.#signal !== undefined } as const
    if (within(rows, this.#rows[n] ?? [])) return this.#members[n]!.ask(task, [])
    this.#rows[n] = [rows]
    const { source, transfer } = this.#partOf(this.#source!, [rows])
    return this.#members[n]!.ask({ ...task, image: { source, rows } }, transfer)
  }

  /** Pixels in shared memory are read from where they are; of others a member gets what it needs. */
  #partOf(source: Source, rows: readonly Rows[]): { source: Source; transfer: ArrayBuffer[] } {
    if (isShared(source.pixels)) return { source, transfer: [] }
    const part = partOfSource(source, rows)
    return { source: part, transfer: [part.pixels.data.buffer as ArrayBuffer] }
  }

  async #wait(context: SearchContext, thread: number, answer: Promise<Done>): Promise<Done> {
    const reply = await abortable(answer, this.#signal)
    addTimes(this.#timesOf(context, thread), reply.times)
    return reply
  }

  #timesOf(context: SearchContext, thread: number): ThreadTimes {
    const threads = context.trace.threads ?? []
    context.trace.threads = threads
    while (threads.length <= thread) threads.push(emptyThreadTimes())
    return threads[thread]!
  }

  /** Adds times to the sums of the search, and to those of the leader's share. */
  #clock(context: SearchContext): Pick<SearchContext, 'addTime'> {
    const addOwn = clockFor(this.#timesOf(context, 0))
    return {
      addTime(sum) {
        context.addTime(sum)
        addOwn(sum)
      },
    }
  }
}
