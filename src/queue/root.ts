import { readdir } from 'node:fs/promises'
import { reasonOf } from '../image/node/decode.ts'
import { QueueError } from './queue-error.ts'

/**
 * A folder that is missing, or empty because nothing was mounted there, would make an error of every image of the queue.
 *
 * @throws QueueError
 */
export async function checkRoot(root: string | undefined): Promise<void> {
  if (root === undefined) return
  let entries: string[]
  try {
    entries = await readdir(root)
  } catch (cause) {
    throw new QueueError(`could not read the folder of --root: ${reasonOf(cause)}`, { cause })
  }
  if (entries.length === 0) throw new QueueError(`the folder of --root is empty: '${root}'. Is it mounted?`)
}
