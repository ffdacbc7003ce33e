/**
 * The three nets as lists of layers, for runtimes that build them from parts; and their parameters in the orders those
 * runtimes want.
 */
import { TENSORS, type TensorName, type Weights } from '../../src/assets/weights.ts'

export type NetName = 'pnet' | 'rnet' | 'onet'

export type Layer =
  /** Valid convolution, bias, and PReLU where there are slopes. */
  | { readonly kind: 'conv'; readonly name: string; readonly slopes?: string }
  /** Stride 2. Ceil: a window may overhang the right and bottom edge. */
  | { readonly kind: 'pool'; readonly size: 2 | 3; readonly ceil: boolean }
  /** Fully connected over a map of side x side pixels (1: over a vector), bias, and PReLU where there are slopes. */
  | { readonly kind: 'dense'; readonly name: string; readonly side: number; readonly slopes?: string }

export interface Net {
  readonly name: NetName
  /** Side of a patch, px; 0: any size. */
  readonly side: 0 | 24 | 48
  readonly body: readonly Layer[]
  /** All read what the body gives. The score ends in a softmax over two classes. */
  readonly heads: Readonly<Record<'score' | 'regression' | 'landmarks', Layer | undefined>>
}

const conv = (name: string, slopes?: string): Layer => ({ kind: 'conv', name, slopes })
const pool = (size: 2 | 3, ceil: boolean): Layer => ({ kind: 'pool', size, ceil })
const dense = (name: string, side = 1, slopes?: string): Layer => ({ kind: 'dense', name, side, slopes })

export const NETS: readonly Net[] = [
  {
    name: 'pnet',
    side: 0,
    body: [conv('conv1', 'prelu1_alpha'), pool(2, true), conv('conv2', 'prelu2_alpha'), conv('conv3', 'prelu3_alpha')],
    heads: { score: conv('conv4_1'), regression: conv('conv4_2'), landmarks: undefined },
  },
  {
    name: 'rnet',
    side: 24,
    body: [
      conv('conv1', 'prelu1_alpha'),
      pool(3, true),
      conv('conv2', 'prelu2_alpha'),
      pool(3, false),
      conv('conv3', 'prelu3_alpha'),
      dense('fc1', 3, 'prelu4_alpha'),
    ],
    heads: { score: dense('fc2_1'), regression: dense('fc2_2'), landmarks: undefined },
  },
  {
    name: 'onet',
    side: 48,
    body: [
      conv('conv1', 'prelu1_alpha'),
      pool(3, true),
      conv('conv2', 'prelu2_alpha'),
      pool(3, false),
      conv('conv3', 'prelu3_alpha'),
      pool(2, true),
      conv('conv4', 'prelu4_alpha'),
      dense('fc1', 3, 'prelu5_alpha'),
    ],
    heads: { score: dense('fc2_1'), regression: dense('fc2_2'), landmarks: dense('fc2_3') },
  },
]

/** An array and its shape. */
export interface Shaped {
  readonly data: Float32Array
  readonly shape: readonly number[]
}

/** A tensor as stored. */
export function stored(weights: Weights, name: string): Shaped {
  const info = TENSORS.find((tensor) => tensor.name === name)
  if (!info) throw new RangeError(`no tensor is named '${name}'`)
  return { data: weights.tensor(name as TensorName), shape: info.shape }
}

/** A kernel, stored [x][y][in][out], as [out][in][y][x] for images in NCHW or as [y][x][in][out] for NHWC. */
export function kernelFor(layout: 'nchw' | 'nhwc', { data, shape }: Shaped): Shaped {
  const [kx, ky, inputs, outputs] = shape as [number, number, number, number]
  const out = new Float32Array(data.length)
  for (let x = 0; x < kx; x++) {
    for (let y = 0; y < ky; y++) {
      for (let i = 0; i < inputs; i++) {
        for (let o = 0; o < outputs; o++) {
          const at =
            layout === 'nchw' ? ((o * inputs + i) * ky + y) * kx + x : ((y * kx + x) * inputs + i) * outputs + o
          out[at] = data[((x * ky + y) * inputs + i) * outputs + o]!
        }
      }
    }
  }
  return { data: out, shape: layout === 'nchw' ? [outputs, inputs, ky, kx] : [ky, kx, inputs, outputs] }
}

/** A fully connected layer [in][out] whose rows, stored by x, y, channel, are put into the order a flattened map has. */
export function denseFor(layout: 'nchw' | 'nhwc', { data, shape }: Shaped, side: number): Shaped {
  const [inputs, outputs] = shape as [number, number]
  const channels = inputs / (side * side)
  const out = new Float32Array(data.length)
  for (let x = 0; x < side; x++) {
    for (let y = 0; y < side; y++) {
      for (let c = 0; c < channels; c++) {
        const from = (x * side + y) * channels + c
        const to = layout === 'nchw' ? (c * side + y) * side + x : (y * side + x) * channels + c
        out.set(data.subarray(from * outputs, (from + 1) * outputs), to * outputs)
      }
    }
  }
  return { data: out, shape }
}
