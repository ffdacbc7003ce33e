/** TensorFlow.js with its WebAssembly backend: SIMD, one thread; the nets as the fused operations it has. */
import type { Weights } from '../../src/assets/weights.ts'
import type { Answer, Runtime } from './contender.ts'
import { denseFor, kernelFor, type Layer, NETS, type NetName, type Shaped, stored } from './nets.ts'

interface TfTensor {
  dataSync(): Float32Array
}

interface Fused {
  bias: TfTensor
  activation: 'linear' | 'prelu'
  preluActivationWeights?: TfTensor | undefined
}

/** What is used of @tensorflow/tfjs-core. */
export interface Tf {
  readonly version_core: string
  env(): { set(flag: string, value: boolean): void }
  setBackend(name: string): Promise<boolean>
  ready(): Promise<void>
  tensor(data: Float32Array, shape: readonly number[]): TfTensor
  tidy(work: () => void): void
  keep(tensor: TfTensor): TfTensor
  reshape(x: TfTensor, shape: readonly number[]): TfTensor
  maxPool(x: TfTensor, size: number, strides: number, pad: 'same' | 'valid'): TfTensor
  softmax(x: TfTensor): TfTensor
  readonly fused: {
    conv2d(options: { x: TfTensor; filter: TfTensor; strides: number; pad: 'valid' } & Fused): TfTensor
    matMul(options: { a: TfTensor; b: TfTensor } & Fused): TfTensor
  }
}

interface WasmBackend {
  setWasmPaths(folder: string): void
  setThreadsCount(count: number): void
}

/** TensorFlow.js on its wasm backend, from `folder` where it would not find its WebAssembly itself. */
export async function loadTfWasm(folder?: string): Promise<{ tf: Tf; version: string }> {
  const tf = (await import('@tensorflow/tfjs-core')) as Tf
  const backend = (await import('@tensorflow/tfjs-backend-wasm')) as WasmBackend
  if (folder !== undefined) backend.setWasmPaths(folder)
  backend.setThreadsCount(1)
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false)
  if (!(await tf.setBackend('wasm'))) throw new Error('TensorFlow.js could not start its wasm backend')
  await tf.ready()
  return { tf, version: tf.version_core }
}

/** Loads the three nets. */
export function tfjs(tf: Tf, weights: Weights): Runtime {
  const run = {} as Record<NetName, (x: TfTensor) => Answer>
  for (const net of NETS) {
    const constant = ({ data, shape }: Shaped) => tf.keep(tf.tensor(data, shape))
    const layer = (layer: Layer): ((x: TfTensor) => TfTensor) => {
      // "Same" pads the right and bottom edge first, and on these maps nothing else.
      if (layer.kind === 'pool') return (x) => tf.maxPool(x, layer.size, 2, layer.ceil ? 'same' : 'valid')
      const tensor = (name: string) => stored(weights, `${net.name}/${name}`)
      const kernel = tensor(`${layer.name}/weights`)
      const slopes = layer.slopes === undefined ? undefined : constant(tensor(layer.slopes))
      const bias = constant(tensor(`${layer.name}/bias`))
      const fused: Fused = { bias, activation: slopes ? 'prelu' : 'linear', preluActivationWeights: slopes }
      if (layer.kind === 'conv') {
        const filter = constant(kernelFor('nhwc', kernel))
        return (x) => tf.fused.conv2d({ x, filter, strides: 1, pad: 'valid', ...fused })
      }
      const b = constant(denseFor('nhwc', kernel, layer.side))
      const inputs = kernel.shape[0]!
      return (x) => tf.fused.matMul({ a: tf.reshape(x, [-1, inputs]), b, ...fused })
    }
    const body = net.body.map(layer)
    const score = layer(net.heads.score!)
    const regression = layer(net.heads.regression!)
    const landmarks = net.heads.landmarks && layer(net.heads.landmarks)
    run[net.name] = (x) => {
      const features = body.reduce((value, next) => next(value), x)
      return {
        score: tf.softmax(score(features)).dataSync(),
        regression: regression(features).dataSync(),
        landmarks: landmarks?.(features).dataSync(),
      }
    }
  }
  return {
    layout: 'nhwc',
    async run(net, x, count, height, width) {
      let answer: Answer | undefined
      // Not returned from tidy, which would look through every number for tensors: five times the work of the nets.
      tf.tidy(() => {
        answer = run[net](tf.tensor(x, [count, height, width, 3]))
      })
      return answer!
    },
  }
}
