import { loadSharp } from '../image/node/decode.ts'
import { MTCNN } from '../index.node.ts'
import { resolveCreateOptions } from '../options/resolve.ts'
import { MtcnnError } from '../shared/errors.ts'
import { HopelessError } from './child.ts'
import { failedLine } from './line.ts'
import { WriteError } from './output.ts'
import type { Answer, Job, Order, Reply, Setup } from './protocol.ts'
import { performTask } from './task.ts'

/** The side of the process that is a worker. */
interface Process {
  on(event: 'message', listener: (order: Order) => void): unknown
  on(event: 'disconnect' | 'SIGINT' | 'SIGTERM', listener: () => void): unknown
  send?(reply: Reply): unknown
  exit(code?: number): unknown
}

/**
 * Does jobs, one after the other, until the process that started this one ends.
 *
 * @param here - This process.
 */
export function serve(here: Process): void {
  let perform: ((job: Job) => Promise<Answer>) | undefined
  here.on('message', (order) => {
    if (order.type === 'start') {
      start(order.setup).then(
        (started) => {
          perform = started
          here.send?.({ type: 'ready' })
        },
        (error) => here.send?.({ type: 'refused', ...codeAndMessage(error) }),
      )
      return
    }
    perform?.(order.job).then(
      (answer) => here.send?.({ type: 'done', answer }),
      (error: HopelessError) => here.send?.({ type: 'hopeless', message: error.message }),
    )
  })
  // Whoever started it has ended: nobody waits for answers.
  here.on('disconnect', () => here.exit())
  // A terminal sends Ctrl-C to all processes of a command. Only the first decides what comes of it.
  here.on('SIGINT', () => {})
  here.on('SIGTERM', () => {})
}

async function start({ options, task }: Setup): Promise<(job: Job) => Promise<Answer>> {
  const sharp = await loadSharp()
  // As many processes as there are cores have one thread each; and no image comes twice.
  sharp.concurrency(1)
  sharp.cache(false)
  const reading = resolveCreateOptions(options).detect
  // The process is the worker. Several threads for one image are threads of its own.
  const detector = await MTCNN.create((options.threads ?? 1) === 1 ? { ...options, worker: false } : options)
  return async (job) => {
    try {
      return await performTask(detector, job, task, reading)
    } catch (error) {
      if (error instanceof HopelessError) throw error
      const { code, message } = codeAndMessage(error)
      return { line: failedLine(job.name, code, message) }
    }
  }
}

function codeAndMessage(error: unknown) {
  if (error instanceof MtcnnError) return { code: error.code, message: error.message }
  if (error instanceof WriteError) return { code: 'WRITE_FAILED' as const, message: error.message }
  return {
    code: 'WORKER_FAILED' as const,
    message: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
  }
}
