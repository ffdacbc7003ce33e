/** Our own core as contenders: as shipped, and with `precision: 'fast'` where the engine makes that another. */
import type { Weights } from '../../src/assets/weights.ts'
import { createCore, createFastCore } from '../library.ts'
import { type Contender, ourContender } from './contender.ts'

/** Name of the contender with `precision: 'fast'`. */
export const FAST = 'mtcnn-wasm fast'

/** The default first: it is what all others are checked against and compared with. */
export async function ourContenders(weights: Weights): Promise<Contender[]> {
  const fast = await createFastCore(weights)
  const first = ourContender('mtcnn-wasm', '', await createCore(weights))
  return fast ? [first, ourContender(FAST, '', fast)] : [first]
}
