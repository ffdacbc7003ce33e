import type { Redis } from 'ioredis'
import { identityOf, NAME_SETS, type NameIdentity, type QueueOptions } from './identity.ts'
import { CLAIM, FORGET, STORE } from './scripts.ts'

/** A batch that is in Redis and not a job yet. */
export interface Claimed {
  place: string
  names: string[]
}

/** What is counted, each image once. */
export interface Counts {
  /** Images, and the batches they were cut into. */
  added: number
  batches: number
  /** Images that have a result. */
  done: number
  faces: number
  /** Images whose result is an error, by its code. */
  errors: Record<string, number>
  /** Images whose results were fetched and removed. */
  removed: number
}

/** What all images of a queue have in common. */
export interface Settings {
  options: QueueOptions
  /** The version of this package that filled the queue. */
  version: string
}

/**
 * What a queue keeps in Redis beside BullMQ's jobs: which names it has, those that are not jobs yet, the results, and counts.
 * Every change is one step in Redis.
 */
export class Store {
  readonly #client: Redis
  readonly #prefix: string

  constructor(client: Redis, queue: string) {
    this.#client = client
    this.#prefix = `mtcnn-wasm:${queue}:`
  }

  #key(name: string): string {
    return this.#prefix + name
  }

  #setKey({ set }: NameIdentity): string {
    return this.#key(`names:${set.toString(36)}`)
  }

  /** Writes down what the queue is for, unless it is; gives what is written there. */
  async settle(settings: Settings): Promise<Settings> {
    await this.#client.set(this.#key('settings'), JSON.stringify(settings), 'NX')
    return (await this.settings()) ?? settings
  }

  async settings(): Promise<Settings | undefined> {
    const text = await this.#client.get(this.#key('settings'))
    return text === null ? undefined : (JSON.parse(text) as Settings)
  }

  /** Those of the names that the queue does not have. */
  async unknown(names: readonly string[]): Promise<string[]> {
    const pipeline = this.#client.pipeline()
    for (const name of names) {
      const identity = identityOf(name)
      pipeline.sismember(this.#setKey(identity), identity.member)
    }
    const answers = await answersOf(pipeline)
    return names.filter((_, index) => answers[index] === 0)
  }

  /** Takes the names that are new into the outbox. */
  async claim(names: readonly string[], batch: number): Promise<Claimed[]> {
    if (names.length === 0) return []
    const identities = names.map(identityOf)
    const keys = [this.#key('outbox'), this.#key('counts'), ...identities.map((identity) => this.#setKey(identity))]
    const members = identities.flatMap(({ member }, index) => [member, JSON.stringify(names[index])])
    const answer = (await this.#client.eval(CLAIM, keys.length, ...keys, batch, ...members)) as string[]
    return claimed(answer)
  }

  /** What is in the outbox, in portions: left there by those who were ended in the middle, or just being worked on. */
  async *outbox(): AsyncGenerator<Claimed[]> {
    let cursor = '0'
    do {
      const [next, found] = await this.#client.hscan(this.#key('outbox'), cursor, 'COUNT', 100)
      cursor = next
      if (found.length > 0) yield claimed(found)
    } while (cursor !== '0')
  }

  async outboxLength(): Promise<number> {
    return this.#client.hlen(this.#key('outbox'))
  }

  async takenFromOutbox(batches: readonly Claimed[]): Promise<void> {
    if (batches.length > 0) await this.#client.hdel(this.#key('outbox'), ...batches.map(({ place }) => place))
  }

  async hasResult(job: string): Promise<boolean> {
    return (await this.#client.hexists(this.#key('results'), job)) === 1
  }

  /**
   * @param jobKey - The key of BullMQ's job.
   * @returns whether it was stored; false: the job has a result, or is gone.
   */
  async saveResult(
    job: string,
    jobKey: string,
    lines: Buffer,
    counts: Readonly<Record<string, number>>,
  ): Promise<boolean> {
    const keys = [...['results', 'order', 'counts', 'rate'].map((name) => this.#key(name)), jobKey]
    const pairs = Object.entries(counts).flat()
    return (await this.#client.eval(STORE, keys.length, ...keys, job, lines, ...pairs)) === 1
  }

  /** The jobs that have results, in the order in which they got them, from a place on. */
  async finished(from: number, count: number): Promise<string[]> {
    return this.#client.lrange(this.#key('order'), from, from + count - 1)
  }

  /** How many jobs have results. */
  async finishedCount(): Promise<number> {
    return this.#client.llen(this.#key('order'))
  }

  /** The packed lines of each; undefined where they were removed. */
  async results(jobs: readonly string[]): Promise<(Buffer | undefined)[]> {
    if (jobs.length === 0) return []
    const found = await this.#client.hmgetBuffer(this.#key('results'), ...jobs)
    return found.map((bytes) => (bytes === null || bytes.length === 0 ? undefined : bytes))
  }

  /** Frees the memory of results that were fetched. */
  async removeResults(jobs: readonly string[], images: number): Promise<void> {
    if (jobs.length === 0) return
    await this.#client.eval(FORGET, 2, this.#key('results'), this.#key('counts'), images, ...jobs)
  }

  async counts(): Promise<Counts> {
    const found = await this.#client.hgetall(this.#key('counts'))
    const count = (name: string) => Number(found[name] ?? 0)
    const errors = Object.entries(found).filter(([name]) => name.startsWith(ERROR_PREFIX))
    return {
      added: count('added'),
      batches: count('batches'),
      done: count('done'),
      faces: count('faces'),
      errors: Object.fromEntries(errors.map(([name, value]) => [name.slice(ERROR_PREFIX.length), Number(value)])),
      removed: count('removed'),
    }
  }

  /** Images a second, over the last whole minute. */
  async rate(): Promise<number> {
    const [[seconds], spans] = await Promise.all([this.#client.time(), this.#client.hgetall(this.#key('rate'))])
    const now = Math.floor(Number(seconds) / SPAN_SECONDS)
    const recent = Object.entries(spans).filter(([span]) => Number(span) < now && Number(span) >= now - SPANS)
    return recent.reduce((total, [, images]) => total + Number(images), 0) / (SPANS * SPAN_SECONDS)
  }

  /** Removes all of it. */
  async clear(): Promise<void> {
    const own = ['settings', 'outbox', 'results', 'order', 'counts', 'rate'].map((name) => this.#key(name))
    await this.#client.unlink(...own)
    const portion = 1024
    for (let set = 0; set < NAME_SETS; set += portion) {
      const keys = Array.from({ length: portion }, (_, index) => this.#setKey({ set: set + index, member: '' }))
      await this.#client.unlink(...keys)
    }
  }
}

/** How errors are counted: `error:DECODE_FAILED`. */
export const ERROR_PREFIX = 'error:'

/** As in `STORE`. */
const SPAN_SECONDS = 10
const SPANS = 6

function claimed(pairs: readonly string[]): Claimed[] {
  const batches: Claimed[] = []
  for (let at = 0; at < pairs.length; at += 2) {
    batches.push({ place: pairs[at]!, names: JSON.parse(pairs[at + 1]!) as string[] })
  }
  return batches
}

/** @throws the first error among the answers of a pipeline. */
async function answersOf(pipeline: ReturnType<Redis['pipeline']>): Promise<unknown[]> {
  const answers = (await pipeline.exec()) ?? []
  return answers.map(([error, answer]) => {
    if (error) throw error
    return answer
  })
}
