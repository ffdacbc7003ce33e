/** This process cannot search any image: the reason is its cause, and none of the images. Its batches are for others. */
export class EndOfWork extends Error {
  override readonly name = 'EndOfWork'

  constructor(cause: unknown) {
    super('this process cannot search', { cause })
  }
}
