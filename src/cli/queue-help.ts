import type { Flag } from './flag.ts'
import { QUEUE_FLAGS, QUEUE_TASKS, searchFlags } from './queue-flags.ts'
import { align } from './table.ts'

/** What `queue --help` prints. */
export function queueHelpText(): string {
  const sections = QUEUE_TASKS.map((task) => {
    const own = QUEUE_FLAGS.filter(({ tasks }) => tasks.includes(task) && tasks.length < QUEUE_TASKS.length)
    return own.length === 0 ? '' : `Options of queue ${task}:\n${table(own)}\n`
  })
  return `Shares the images between as many processes and machines as you like, over a Redis.

Usage: mtcnn-wasm queue add <what>... [options]   put images into the queue; those it has are left out
       mtcnn-wasm queue work [options]            search them: one such process a machine
       mtcnn-wasm queue status [options]          how far it is
       mtcnn-wasm queue results [options]         write what was found, one line an image
       mtcnn-wasm queue clear --yes [options]     remove the queue

<what> is files, folders, patterns and addresses as for detect, or - for names from standard input.
It takes the packages bullmq and ioredis (npm install bullmq ioredis), and a Redis of version 6.2 or newer
with appendonly yes and maxmemory-policy noeviction.

Options of all:
${table(QUEUE_FLAGS.filter(({ tasks }) => tasks.length === QUEUE_TASKS.length))}

${sections.filter((section) => section !== '').join('\n')}
queue add also takes the options of the search; all images of a queue have the same ones:
${searchNames()}

Exit code:
  0  done; results: every image has a result
  1  something failed, or (results) images have no result yet
  2  the command line makes no sense; nothing was done

Example:
  mtcnn-wasm queue add photographs --root /mnt/photographs --redis redis://queue:6379
  mtcnn-wasm queue work --root /mnt/photographs --redis redis://queue:6379      (on each machine)
  mtcnn-wasm queue results --out faces.jsonl --follow --redis redis://queue:6379
`
}

/** In lines as long as the others. */
function searchNames(): string {
  const lines = ['']
  for (const { name } of searchFlags()) {
    const line = `${lines.at(-1)} --${name}`
    if (line.length <= 100) lines[lines.length - 1] = line
    else lines.push(` --${name}`)
  }
  return lines.map((line) => ` ${line}`).join('\n')
}

function table(flags: readonly Flag[]): string {
  const rows = flags.flatMap(({ name, short, value, negatable, help }) => {
    const flag = `${short === undefined ? '' : `-${short}, `}--${negatable ? '[no-]' : ''}${name}`
    return help.map((line, row) => [row > 0 ? '' : value === undefined ? flag : `${flag} <${value}>`, line])
  })
  return align(rows, [0, 1])
}
