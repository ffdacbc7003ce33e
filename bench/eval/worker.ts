/** A process of the evaluation: takes the names of photographs and answers with faces. Started by crew.ts. */
import { join } from 'node:path'
import { decode } from '../../src/image/node/read.ts'
import type { Pixels } from '../../src/image/pixels.ts'
import type { Answer, Job, Order, Reply } from './crew.ts'
import { createSearcher, type Searcher } from './searcher.ts'

let folder = ''
let searchers: readonly Searcher[] = []
let photographs = 0

function reply(message: Reply): void {
  process.send!(message)
}

async function prepare({ folder: given, variants, output }: Job): Promise<void> {
  folder = given
  searchers = await Promise.all(variants.map((variant) => createSearcher(variant, output)))
}

/** All variants on one photograph; each time another one begins, so that none always has the warm caches. */
async function search(pixels: Pixels): Promise<Answer[]> {
  const answers: Answer[] = []
  for (let n = 0; n < searchers.length; n++) {
    const v = (n + photographs) % searchers.length
    const start = performance.now()
    const faces = await searchers[v]!(pixels)
    answers[v] = { faces, milliseconds: performance.now() - start }
  }
  return answers
}

async function obey(order: Order): Promise<Reply> {
  if ('job' in order) {
    await prepare(order.job)
    return { ready: true }
  }
  const { file } = order
  try {
    const pixels = await decode(join(folder, file))
    // The first search of each is slower: the engine compiles what it meets. It is not to be timed.
    if (photographs === 0) await search(pixels)
    const answers = await search(pixels)
    photographs++
    return { file, answers }
  } catch (error) {
    return { error: `${file}: ${error instanceof Error ? error.message : error}` }
  }
}

process.on('disconnect', () => process.exit())
process.on('message', (order: Order) => {
  obey(order).then(reply, (error: unknown) => reply({ error: error instanceof Error ? error.message : String(error) }))
})
