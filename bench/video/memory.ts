/** What ten thousand frames leave behind. */

import type { Clip } from '../../test/helpers/clips/clip.ts'
import { collect, type Held, held, rise, watchMemories } from '../../test/soak/memory.ts'
import { follow, pair, startTracking } from './library.ts'

// Before the library makes its first.
watchMemories()

const SAMPLES = 20

export interface Growth {
  frames: number
  /** When the first tenth was done. */
  start: Held
  end: Held
  /** What the straight line through all samples after the first tenth rises by, bytes. */
  rises: Pick<Held, 'heap' | 'external' | 'wasm'>
}

/**
 * Follows the faces of a clip there and back, over and over.
 */
export async function growth(clip: Clip, frames: number): Promise<Growth> {
  const pictures = Array.from({ length: clip.frames }, (_, n) => clip.frame(n))
  const detectors = await pair()
  const tracker = startTracking(detectors)
  const samples: Held[] = []
  for (let number = 0; number < frames; number++) {
    const turn = number % (2 * clip.frames - 2)
    await follow(tracker, pictures[Math.min(turn, 2 * clip.frames - 2 - turn)]!, number)
    if ((number + 1) % (frames / SAMPLES) === 0) samples.push(await held(samples.at(-1)))
  }
  detectors.dispose()
  await collect()
  const counted = samples.slice(SAMPLES / 10)
  const line = (name: 'heap' | 'external' | 'wasm') => rise(counted.map((sample) => sample[name]))
  return {
    frames,
    start: counted[0]!,
    end: counted.at(-1)!,
    rises: { heap: line('heap'), external: line('external'), wasm: line('wasm') },
  }
}
