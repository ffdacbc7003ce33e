import { shippedWeights } from './embedded-weights.ts'
import type { Weights } from './weights.ts'

/**
 * The weights that come with the library: the address of their file where a bundler is known to make one, else embedded.
 *
 * Vite's production build makes files of such addresses, also in workers, and writes true or false for each of these conditions:
 * what it does not use, it leaves out. So the weights are files there and no chunk of megabytes, which Vite warns of, and which a worker
 * that is bundled into one script would hold whole, in both precisions. Its development server sets `import.meta.hot`.
 */
export async function emittedOrEmbedded(dtype: Weights['dtype']): Promise<Weights | URL> {
  if (import.meta.env?.PROD && import.meta.env.SSR === false && !import.meta.hot) {
    // Each name in full: bundlers find the files by these lines.
    return dtype === 'f32'
      ? new URL('../../weights/mtcnn-f32.bin', import.meta.url)
      : new URL('../../weights/mtcnn-f16.bin', import.meta.url)
  }
  return shippedWeights(dtype)
}
