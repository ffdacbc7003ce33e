import { MtcnnError } from '../shared/errors.ts'

export type BullMQ = typeof import('bullmq')
export type IORedis = typeof import('ioredis')

/** The two optional peer dependencies of queues. */
export interface Packages {
  bullmq: BullMQ
  ioredis: IORedis
}

/**
 * Loads the optional peer dependencies `bullmq` and `ioredis`, on first use.
 *
 * @throws MtcnnError MISSING_DEPENDENCY where one of them is not installed.
 */
export async function loadPackages(): Promise<Packages> {
  try {
    const [bullmq, ioredis] = await Promise.all([import('bullmq'), import('ioredis')])
    return { bullmq, ioredis }
  } catch (cause) {
    throw new MtcnnError(
      'MISSING_DEPENDENCY',
      "a queue takes the packages 'bullmq' and 'ioredis', which could not be loaded: run 'npm install bullmq ioredis'",
      { cause },
    )
  }
}
