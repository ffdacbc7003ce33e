// The entry for Workers (workerd): WebAssembly comes by import, compiled before anything runs; compiling later is forbidden.

import exact from 'mtcnn-wasm/mtcnn.wasm'
import { MtcnnError } from './errors.ts'
import type { CreateOptions } from './options.ts'
import type { ImageInput } from './platform/browser.ts'
import { IN_BROWSER } from './platform/in-browser.ts'
import { shippedWeights } from './shipped.ts'
import { MTCNN as SlimDetector } from './slim.ts'
import { type Platform, start } from './start.ts'

export * from './public.ts'
export type { ImageInput, StreamFrame, StreamSource } from './slim.ts'

const WORKERD: Platform<ImageInput> = {
  ...IN_BROWSER,
  shipped: {
    kernels: async ({ kernels }) =>
      kernels === 'simd' ? exact : (await import('mtcnn-wasm/mtcnn.relaxed.wasm')).default,
    weights: shippedWeights,
  },
}

/** The face detector. */
export class MTCNN extends SlimDetector {
  /** As in the entry for browsers; whose types this one has too. */
  static override async create(options?: CreateOptions): Promise<MTCNN> {
    return new MTCNN(await start(WORKERD, options))
  }
}

/** There are no workers of the page's kind here, so nothing to pool. */
export const MTCNNPool = {
  async create(): Promise<never> {
    throw new MtcnnError('WORKER_FAILED', 'there are no workers to pool here: use MTCNN')
  },
}
