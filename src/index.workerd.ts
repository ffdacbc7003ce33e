// The entry for Workers (workerd): WebAssembly comes by import, compiled before anything runs; compiling later is forbidden.

import exact from 'mtcnn-wasm/mtcnn.wasm'
import { start } from './api/create.ts'
import { IN_BROWSER } from './api/platform.browser.ts'
import type { Platform } from './api/platform.ts'
import { shippedWeights } from './assets/embedded.ts'
import type { ImageInput } from './image/browser/read.ts'
import type { CreateOptions } from './options/options.ts'
import { MtcnnError } from './shared/errors.ts'
import { MTCNN as SlimDetector } from './slim.ts'

export * from './api/public.ts'
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
