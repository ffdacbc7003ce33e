/** Resolves in a task of its own: messages and abort events that wait are handled first. A timer would cost a millisecond or more. */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    // Jest's jsdom has none.
    if (typeof MessageChannel === 'undefined') {
      setTimeout(resolve)
      return
    }
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(null)
  })
}
