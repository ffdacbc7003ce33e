/** ONNX Runtime, native and WebAssembly, which share their interface: one thread, everything else as it comes. */
import type { Weights } from '../../src/assets/weights.ts'
import { onnxModel } from '../onnx/model.ts'
import type { Answer, Runtime } from './contender.ts'
import { NETS, type NetName } from './nets.ts'

interface OrtTensor {
  readonly data: Float32Array
}

interface OrtSession {
  readonly inputNames: readonly string[]
  readonly outputNames: readonly string[]
  run(feeds: Record<string, OrtTensor>): Promise<Record<string, OrtTensor>>
}

/** What is used of onnxruntime-node and onnxruntime-web. */
export interface Ort {
  readonly env: {
    readonly versions: Record<string, string | undefined>
    readonly wasm: { numThreads?: number; wasmPaths?: string }
    logLevel?: string
  }
  readonly InferenceSession: { create(model: Uint8Array, options: Record<string, unknown>): Promise<OrtSession> }
  readonly Tensor: new (type: 'float32', data: Float32Array, shape: readonly number[]) => OrtTensor
}

/** Loads the three nets. */
export async function onnxRuntime(ort: Ort, weights: Weights, provider: 'cpu' | 'wasm', threads = 1): Promise<Runtime> {
  const sessions = {} as Record<NetName, OrtSession>
  for (const net of NETS) {
    sessions[net.name] = await ort.InferenceSession.create(onnxModel(net, weights), {
      executionProviders: [provider],
      graphOptimizationLevel: 'all',
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
    })
  }
  return {
    layout: 'nchw',
    async run(net, x, count, height, width): Promise<Answer> {
      const found = await sessions[net].run({ x: new ort.Tensor('float32', x, [count, 3, height, width]) })
      return {
        score: found.score!.data,
        regression: found.regression!.data,
        landmarks: found.landmarks?.data,
      }
    },
  }
}

/** onnxruntime-web, with its WebAssembly from `folder` where it would not find that itself. */
export async function loadOrtWeb(folder?: string): Promise<{ ort: Ort; version: string }> {
  const module = (await import('onnxruntime-web/wasm')) as { default?: Ort } & Ort
  const ort = module.default ?? module
  ort.env.wasm.numThreads = 1
  if (folder !== undefined) ort.env.wasm.wasmPaths = folder
  return { ort, version: ort.env.versions.web ?? '' }
}

/** onnxruntime-node. */
export async function loadOrtNode(): Promise<{ ort: Ort; version: string }> {
  const module = (await import('onnxruntime-node')) as { default?: Ort } & Ort
  const ort = module.default ?? module
  return { ort, version: ort.env.versions.node ?? '' }
}
