/** A worker of bench:queue that searches nothing: what is left is what the queue itself costs. */
import type { Crew } from '../src/queue/crew.ts'
import { openQueue } from '../src/queue/open.ts'
import { work } from '../src/queue/work.ts'

const [redis = '', name = ''] = process.argv.slice(2)
const stop = new AbortController()
process.once('SIGTERM', () => stop.abort(new Error('done')))

/** Two faces, with digits as they are in answers. */
const faces = [1, 2].map((face) => {
  const value = (index: number) => (face * 1234.5678901234567 * (index + 1)) % 1920
  const point = (index: number) => ({ x: value(index), y: value(index + 1) })
  return {
    box: { x: value(0), y: value(1), width: value(2), height: value(3) },
    confidence: 0.9987654321098765,
    keypoints: { leftEye: point(4), rightEye: point(6), nose: point(8), mouthLeft: point(10), mouthRight: point(12) },
  }
})

const crew: Crew = {
  size: 2,
  search: async (images) => images.map(({ name }) => ({ file: name, width: 1920, height: 1080, faces })),
  close: async () => {},
}

const place = { redis, name, say: (message: string) => console.error(message), signal: stop.signal }
const queue = await openQueue(place, true)
const settings = { crew, root: undefined, stallAfter: 30, untilDone: false, progress: () => {} }
const running = work(place, queue, settings)
process.send?.('ready')
await running
await queue.close()
process.disconnect?.()
