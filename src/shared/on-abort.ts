import { describe, MtcnnError } from './errors.ts'

/** The callbacks that wait for a signal, and the one listener that calls them. */
interface Waiting {
  readonly callbacks: Set<() => void>
  readonly listener: () => void
}

const waitingFor = /* @__PURE__ */ new WeakMap<AbortSignal, Waiting>()

/**
 * Calls `callback` when the signal is aborted, until the returned function is called. A signal has one listener, however many
 * callbacks wait for it: Node warns where there are more than ten. A signal that is aborted already calls nothing.
 *
 * @throws MtcnnError INVALID_OPTION for a signal whose `addEventListener` throws.
 */
export function onAbort(signal: AbortSignal | undefined, callback: () => void): () => void {
  if (!signal) return () => {}
  const { callbacks, listener } = waitingFor.get(signal) ?? listenTo(signal)
  callbacks.add(callback)
  return () => {
    if (!callbacks.delete(callback) || callbacks.size > 0) return
    waitingFor.delete(signal)
    try {
      signal.removeEventListener('abort', listener)
    } catch {
      // The signal is no real one. Its listener stays, and has nothing left to call.
    }
  }
}

function listenTo(signal: AbortSignal): Waiting {
  const callbacks = new Set<() => void>()
  const waiting = { callbacks, listener: () => callbacks.forEach((callback) => void callback()) }
  try {
    signal.addEventListener('abort', waiting.listener)
  } catch (cause) {
    const message = `option 'signal' must be an AbortSignal; the addEventListener of ${describe(signal)} throws`
    throw new MtcnnError('INVALID_OPTION', message, { cause })
  }
  waitingFor.set(signal, waiting)
  return waiting
}

/**
 * Aborts the controller, for the same reason, when the signal is aborted or where it is already. The controller's own signal is
 * a real one, whatever object the caller gave.
 *
 * @returns Ends the connection.
 */
export function abortWith(controller: AbortController, signal: AbortSignal | undefined): () => void {
  if (!signal?.aborted) return onAbort(signal, () => controller.abort(reasonOf(signal as AbortSignal)))
  controller.abort(reasonOf(signal))
  return () => {}
}

/** Undefined, for which `AbortController.abort` puts an AbortError, where the signal has no reason or its getter throws. */
function reasonOf(signal: AbortSignal): unknown {
  try {
    return signal.reason
  } catch {
    return undefined
  }
}
