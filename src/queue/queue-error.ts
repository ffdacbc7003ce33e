/** A queue cannot be used as it is: Redis cannot be reached or is set wrongly, or the queue was filled otherwise. */
export class QueueError extends Error {
  override readonly name = 'QueueError'
}
