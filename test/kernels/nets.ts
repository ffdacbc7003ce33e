/**
 * What the tests of the three nets share.
 */

import { TENSORS } from '../../src/assets/weights.ts'
import type { Kernels } from '../../src/wasm/abi.ts'
import type { Tensor } from '../reference/conv.ts'
import type { Parameters } from '../reference/nets.ts'
import { loadParameters } from '../reference/parameters.ts'
import type { Sandbox } from './load.ts'

export type Net = 'pnet' | 'rnet' | 'onet'

/** The trained parameters. */
export const trained = loadParameters()

/** The same with some tensors replaced. */
export function altered(tensors: Record<string, (trained: Tensor) => ArrayLike<number>>): Parameters {
  return (name) => {
    const tensor = trained(name)
    const change = tensors[name]
    return change ? { shape: tensor.shape, data: Float32Array.from(change(tensor)) } : tensor
  }
}

/** A net's tensors one after another, as the container has them. */
function stored(net: Net, parameters: Parameters): Float32Array {
  const tensors = TENSORS.filter(({ name }) => name.startsWith(`${net}/`))
  const out = new Float32Array(tensors.reduce((sum, { size }) => sum + size, 0))
  for (const { name, offset } of tensors) out.set(parameters(name).data, offset - tensors[0]!.offset)
  return out
}

/** Packs a net's parameters; gives the place of the packed weights. */
export function packNet(box: Sandbox<Kernels>, net: Net, parameters: Parameters = trained): number {
  const { packPnet, packRnet, packOnet, pnetWeights, rnetWeights, onetWeights } = box.kernels
  const [pack, bytes] = {
    pnet: [packPnet, pnetWeights] as const,
    rnet: [packRnet, rnetWeights] as const,
    onet: [packOnet, onetWeights] as const,
  }[net]
  const source = box.place(stored(net, parameters))
  const out = box.room(bytes())
  pack(source, out)
  return out
}
