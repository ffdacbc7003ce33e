/** A worker of bench:queue that searches nothing: what is left is what the queue itself costs. */
import type { Crew } from '../src/queue/crew.ts'
import { openQueue } from '../src/queue/open.ts'
import { work } from '../src/queue/work.ts'

const [redis = '', name = ''] = process.argv.slice(2)
const stop = new AbortController()
process.once('SIGTERM', () => stop.abort(new Error('done')))

let seed = 1

/** Digits as they are in answers: no two alike. */
function value(): number {
  seed = (seed * 16807) % 2147483647
  return (seed / 2147483647) * 1920
}

const point = () => ({ x: value(), y: value() })

function face() {
  return {
    box: { x: value(), y: value(), width: value(), height: value() },
    confidence: value() / 1920,
    keypoints: { leftEye: point(), rightEye: point(), nose: point(), mouthLeft: point(), mouthRight: point() },
  }
}

const crew: Crew = {
  size: 2,
  search: async (images) => {
    return images.map(({ name }) => ({ file: name, width: 1920, height: 1080, faces: [face(), face()] }))
  },
  close: () => {},
}

const place = { redis, name, say: (message: string) => console.error(message), signal: stop.signal }
const queue = await openQueue(place, true)
const settings = { crew, root: undefined, stallAfter: 30, untilDone: false, progress: () => {} }
const running = work(place, queue, settings)
process.send?.('ready')
await running
await queue.close()
process.disconnect?.()
