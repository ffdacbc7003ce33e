/**
 * The trained parameters, from the package's own container.
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseWeights, TENSORS } from '../../src/assets/weights.ts'
import type { Tensor } from './conv.ts'
import type { Parameters } from './nets.ts'

/**
 * Reads weights/mtcnn-f32.bin; a name it does not hold is an error.
 */
export function loadParameters(): Parameters {
  const file = fileURLToPath(new URL('../../weights/mtcnn-f32.bin', import.meta.url))
  const weights = parseWeights(readFileSync(file))
  const byName = new Map<string, Tensor>()
  for (const { name, shape } of TENSORS) byName.set(name, { data: weights.tensor(name), shape })
  return (name) => {
    const tensor = byName.get(name)
    if (!tensor) throw new RangeError(`no parameter named '${name}'`)
    return tensor
  }
}
