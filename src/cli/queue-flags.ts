import { DEFAULT_REDIS } from '../queue/address.ts'
import type { Flag } from './flag.ts'
import { FLAGS } from './flags.ts'

/** What is done with a queue. */
export type QueueTask = 'add' | 'work' | 'status' | 'results' | 'clear'

export const QUEUE_TASKS: readonly QueueTask[] = ['add', 'work', 'status', 'results', 'clear']

/** Images a job, where nothing is said; docs/many-machines.md says why so many. */
export const DEFAULT_BATCH = 10

/** Seconds without a sign from a process, after which others do what it has. */
const DEFAULT_STALL = 30

interface QueueFlag extends Flag {
  tasks: readonly QueueTask[]
}

/** Flags of the library that are about the machine, and not about what is found. */
const OF_THE_MACHINE = ['worker', 'module', 'threads']

/** The flags of the library that belong to the images of a queue. */
export function searchFlags(): readonly Flag[] {
  return FLAGS.filter(({ name, option }) => option !== undefined && !OF_THE_MACHINE.includes(name))
}

const ROOT: Pick<QueueFlag, 'name' | 'value'> = { name: 'root', value: 'folder' }

/** The flags of queues, in the order of the help. */
export const QUEUE_FLAGS: readonly QueueFlag[] = [
  {
    name: 'redis',
    value: 'url',
    tasks: QUEUE_TASKS,
    help: [
      `redis://host:6379, or rediss://user:password@host:6379 with TLS (default: the variable`,
      `REDIS_URL, where no password is seen in lists of processes, or ${DEFAULT_REDIS})`,
    ],
  },
  { name: 'name', value: 'name', tasks: QUEUE_TASKS, help: ["the queue's name (default faces)"] },
  {
    ...ROOT,
    tasks: ['add', 'work'],
    help: [
      'the folder that all images lie in. The queue has their names below it, and each machine',
      'may have it in another place (default: names as typed, from the current folder)',
    ],
  },
  { name: 'batch', value: 'count', tasks: ['add'], help: [`images a job (default ${DEFAULT_BATCH})`] },
  { name: 'recursive', negatable: true, tasks: ['add'], help: ['take the folders below a folder, too (default yes)'] },
  {
    name: 'ext',
    value: 'list',
    tasks: ['add'],
    help: ['endings that folders are searched for, such as jpg,png (default: those of images)'],
  },
  {
    name: 'null',
    short: '0',
    tasks: ['add'],
    help: ['names on standard input end with a NUL character, as those of find -print0'],
  },
  {
    name: 'concurrency',
    value: 'count',
    tasks: ['work'],
    help: ['images that are searched at a time, each in a process of its own (default: one a core)'],
  },
  { name: 'timeout', value: 'seconds', tasks: ['work'], help: ['give an image up after this time (default 60)'] },
  {
    name: 'stall-after',
    value: 'seconds',
    tasks: ['work'],
    help: [`others do what a machine has that gave no sign for so long (default ${DEFAULT_STALL})`],
  },
  { name: 'until-done', tasks: ['work'], help: ['end once every image has a result (default: wait for more)'] },
  {
    name: 'out',
    value: 'file',
    tasks: ['results'],
    help: [
      'a file that ends in .jsonl or .csv, or - for JSONL on standard output (default -). Run',
      'again with the same file, only what is missing is written',
    ],
  },
  { name: 'follow', tasks: ['results'], help: ['go on until every image has a result'] },
  { name: 'remove', tasks: ['results'], help: ['free the memory in Redis of what was written to the file'] },
  { name: 'json', tasks: ['status'], help: ['print JSON'] },
  { name: 'yes', tasks: ['clear'], help: ['really remove the queue, its images and its results'] },
  { name: 'quiet', short: 'q', tasks: ['add', 'work', 'results'], help: ['print only errors'] },
  { name: 'help', short: 'h', tasks: QUEUE_TASKS, help: ['print this and stop'] },
]
