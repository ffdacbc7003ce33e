/** What an item of an {@link OrderedQueue} has to have. It is in at most one queue at a time. */
export interface Queued {
  /** The place in the queue: items come out by ascending order. */
  readonly order: number
  /** Neighbours and queue; written by the queue only. */
  previous?: this | undefined
  next?: this | undefined
  queue?: object | undefined
}

/**
 * A doubly linked list sorted by `order`. Removing any item takes constant time, and so does adding the one with the highest order,
 * so that thousands of calls can be aborted one by one.
 */
export class OrderedQueue<T extends Queued> {
  #first: T | undefined
  #last: T | undefined
  #size = 0

  get size(): number {
    return this.#size
  }

  add(item: T): void {
    let previous = this.#last
    while (previous && previous.order > item.order) previous = previous.previous
    const next = previous ? previous.next : this.#first
    item.previous = previous
    item.next = next
    item.queue = this
    if (previous) previous.next = item
    else this.#first = item
    if (next) next.previous = item
    else this.#last = item
    this.#size++
  }

  /** False where the item is not in this queue. */
  remove(item: T): boolean {
    if (item.queue !== this) return false
    const { previous, next } = item
    if (previous) previous.next = next
    else this.#first = next
    if (next) next.previous = previous
    else this.#last = previous
    item.previous = undefined
    item.next = undefined
    item.queue = undefined
    this.#size--
    return true
  }

  /** Takes out the item with the lowest order. */
  shift(): T | undefined {
    const item = this.#first
    if (item) this.remove(item)
    return item
  }
}
