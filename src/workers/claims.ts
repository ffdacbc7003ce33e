/**
 * Who has a task that was posted ahead: the worker that begins with it, or the thread that posted it and wants it back. Each
 * says so in a word of shared memory; who comes first has it. Where no memory is shared there are no claims, and what was
 * posted stays posted.
 */

/** Words. So many tasks are never on their way to one worker. */
const WORDS = 64

export function createClaims(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4 * WORDS))
}

/** The task can be begun or taken back from now on. */
export function offer(claims: Int32Array, id: number): void {
  Atomics.store(claims, id % WORDS, id)
}

/** Whether the task is the caller's, and nobody else's from now on. */
export function claim(claims: Int32Array, id: number): boolean {
  return Atomics.compareExchange(claims, id % WORDS, id, 0) === id
}
