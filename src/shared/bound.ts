/**
 * The generator itself, with methods that work whatever they are called on. Those of the language refuse a proxy, which state
 * libraries put around what they are given.
 */
export function bound<Item>(generator: AsyncGenerator<Item, void, undefined>): AsyncGenerator<Item, void, undefined> {
  const own = (name: 'next' | 'return' | 'throw') => ({ value: generator[name].bind(generator), writable: true })
  return Object.defineProperties(generator, { next: own('next'), return: own('return'), throw: own('throw') })
}
