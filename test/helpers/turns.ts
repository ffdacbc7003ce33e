/**
 * Lets the event loop go round, so that whatever waits for microtasks, messages of this thread or immediates gets its
 * turn: for tests of what must happen, or must not, without a clock.
 *
 * @param count - One turn for each thing that waits for another.
 */
export async function turns(count = 10): Promise<void> {
  for (let n = 0; n < count; n++) await new Promise((resolve) => setImmediate(resolve))
}
