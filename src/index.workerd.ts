// The entry for Workers (workerd): WebAssembly comes by import, compiled before anything runs; compiling later is forbidden.

import exact from 'mtcnn-wasm/mtcnn.wasm'
import { start, startPool } from './api/create.ts'
import { IN_BROWSER } from './api/platform.browser.ts'
import type { Platform } from './api/platform.ts'
import { shippedWeights } from './assets/embedded.ts'
import type { ImageInput } from './image/browser/read.ts'
import type { CreateOptions, PoolOptions } from './options/options.ts'
import { MTCNN as SlimDetector, MTCNNPool as SlimPool } from './slim.ts'

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

/** Cannot be created here: this runtime has no `Worker`. `MTCNNPool.create` always rejects with WORKER_FAILED. */
export class MTCNNPool<Skipped extends null = never> extends SlimPool<Skipped> {
  static override async create(options: PoolOptions & { policy: 'latest' }): Promise<MTCNNPool<null>>
  static override async create(options?: PoolOptions & { policy?: 'queue' }): Promise<MTCNNPool>
  static override async create(options?: PoolOptions): Promise<MTCNNPool<null>>
  static override async create(options?: PoolOptions): Promise<MTCNNPool<null>> {
    return new MTCNNPool(await startPool(WORKERD, options))
  }
}
