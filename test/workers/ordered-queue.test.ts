import { describe, expect, it } from 'vitest'
import { OrderedQueue, type Queued } from '../../src/workers/ordered-queue.ts'
import { random } from '../helpers/random.ts'

interface Item extends Queued {
  readonly order: number
}

const orders = (queue: OrderedQueue<Item>) => {
  const found: number[] = []
  for (let item = queue.shift(); item; item = queue.shift()) found.push(item.order)
  return found
}

describe('OrderedQueue', () => {
  it('gives items by ascending order, however they were added', () => {
    const queue = new OrderedQueue<Item>()
    for (const order of [3, 1, 2, 5, 4, 0]) queue.add({ order })
    expect(queue.size).toBe(6)
    expect(orders(queue)).toEqual([0, 1, 2, 3, 4, 5])
    expect([queue.size, queue.shift()]).toEqual([0, undefined])
  })

  it('removes any item, once, and only from the queue it is in', () => {
    const [queue, other] = [new OrderedQueue<Item>(), new OrderedQueue<Item>()]
    const items = [0, 1, 2, 3, 4].map((order): Item => ({ order }))
    for (const item of items) queue.add(item)
    expect(other.remove(items[2]!)).toBe(false)
    for (const n of [2, 0, 4]) expect(queue.remove(items[n]!)).toBe(true)
    expect(queue.remove(items[2]!)).toBe(false)
    other.add(items[2]!)
    expect([queue.size, other.size]).toEqual([2, 1])
    expect(orders(queue)).toEqual([1, 3])
    expect(orders(other)).toEqual([2])
  })

  it('does what an array does that is sorted each time', () => {
    const next = random(7)
    const queue = new OrderedQueue<Item>()
    let model: Item[] = []
    for (let order = 0; order < 2000; order++) {
      const item = { order: next() }
      queue.add(item)
      model = [...model, item].sort((a, b) => a.order - b.order)
      if (next() < 0.5) {
        const gone = model.splice(Math.floor(next() * model.length), 1)[0]!
        expect(queue.remove(gone)).toBe(true)
      }
      if (next() < 0.3) expect(queue.shift()).toBe(model.shift())
      expect(queue.size).toBe(model.length)
    }
    expect(orders(queue)).toEqual(model.map(({ order }) => order))
  })
})
