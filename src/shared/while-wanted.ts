import { abortWith } from './on-abort.ts'

/** Does something until the caller's signal is aborted. `work` gets a real signal, whatever object the caller gave. */
export async function whileWanted<T>(
  given: AbortSignal | undefined,
  work: (signal: AbortSignal | undefined) => Promise<T>,
): Promise<T> {
  if (!given) return work(undefined)
  const controller = new AbortController()
  const { signal } = controller
  const disconnect = abortWith(controller, given)
  try {
    signal.throwIfAborted()
    return await work(signal)
  } catch (error) {
    throw signal.aborted ? signal.reason : error
  } finally {
    disconnect()
  }
}
