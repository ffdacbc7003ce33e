/** Processes that search photographs side by side. Each photograph is decoded once and searched by all variants in turn. */
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { AnyFace } from '../../src/shared/face.ts'
import type { Variant } from './variants.ts'

/** What each process is told first. */
export interface Job {
  readonly folder: string
  readonly variants: readonly Variant[]
  /** O-Net's threshold, where a variant does not name its own. */
  readonly output: number
}

/** What one variant says of one photograph. */
export interface Answer {
  readonly faces: readonly AnyFace[]
  /** From pixels to faces; reading and decoding the file is not in it. */
  readonly milliseconds: number
}

/** From the crew to a process. */
export type Order = { readonly job: Job } | { readonly file: string }

/** From a process: that it is ready, an answer of each variant, or why it cannot go on. */
export type Reply =
  | { readonly ready: true }
  | { readonly file: string; readonly answers: readonly Answer[] }
  | { readonly error: string }

const PROGRAM = fileURLToPath(new URL('../build/eval-worker.mjs', import.meta.url))

/**
 * What each variant says of each file. It does not depend on the number of processes, but for the times.
 *
 * @param said - Called after each photograph with how many are done.
 * @throws Error of the first photograph that cannot be read or searched, named.
 */
export async function searchAll(
  job: Job,
  files: readonly string[],
  processes: number,
  said: (done: number) => void,
): Promise<Map<string, readonly Answer[]>> {
  const found = new Map<string, readonly Answer[]>()
  const waiting = [...files].reverse()
  const children = Array.from({ length: Math.min(processes, files.length) }, () =>
    fork(PROGRAM, { serialization: 'advanced', stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }),
  )
  const keep = (file: string, answers: readonly Answer[]) => {
    found.set(file, answers)
    said(found.size)
  }
  try {
    await Promise.all(children.map((child) => employ(child, job, () => waiting.pop(), keep)))
  } finally {
    for (const child of children) child.kill()
  }
  return found
}

/** Gives one process a file after another, until none is left. */
function employ(
  child: ChildProcess,
  job: Job,
  next: () => string | undefined,
  keep: (file: string, answers: readonly Answer[]) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const send = (order: Order) => child.send(order, (error) => error && reject(error))
    child.on('error', reject)
    child.on('exit', (code, signal) => reject(new Error(`a process of the evaluation ended with ${signal ?? code}`)))
    child.on('message', (reply: Reply) => {
      if ('error' in reply) return reject(new Error(reply.error))
      if ('file' in reply) keep(reply.file, reply.answers)
      const file = next()
      if (file === undefined) resolve()
      else send({ file })
    })
    send({ job })
  })
}
