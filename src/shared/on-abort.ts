/** What waits for each signal; a listener as it is, by its `handleEvent`. */
const waiting = /* @__PURE__ */ new WeakMap<AbortSignal, Set<() => void> & EventListenerObject>()

/**
 * Calls `act` when the signal is aborted, until the function returned is called. However many wait for a signal, it has one
 * listener: Node warns of more than ten.
 */
export function onAbort(signal: AbortSignal | undefined, act: () => void): () => void {
  if (!signal) return () => {}
  let acts = waiting.get(signal)
  if (!acts) {
    const all = new Set<() => void>()
    acts = Object.assign(all, { handleEvent: () => all.forEach((each) => void each()) })
    waiting.set(signal, acts)
    signal.addEventListener('abort', acts)
  }
  acts.add(act)
  return () => {
    acts.delete(act)
    if (acts.size > 0) return
    waiting.delete(signal)
    signal.removeEventListener('abort', acts)
  }
}
