import { onAbort } from './on-abort.ts'

/**
 * Settles as `work` does, or with the signal's reason as soon as the signal is aborted.
 *
 * @param discard - Gets what `work` gives when it is too late: to close it.
 * @throws The reason of the signal.
 * @example const bitmap = await abortable(createImageBitmap(blob), signal, (late) => late.close())
 */
export function abortable<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
  discard?: (late: T) => void,
): Promise<T> {
  if (!signal) return work
  return new Promise((resolve, reject) => {
    const release = onAbort(signal, () => stop())
    const stop = () => {
      release()
      reject(signal.reason)
      work.then(discard, () => undefined)
    }
    if (signal.aborted) return stop()
    work.then(
      (value) => {
        release()
        resolve(value)
      },
      (error) => {
        release()
        reject(error)
      },
    )
  })
}
