import type { Outcome } from '../cascade/search.ts'
import type { Pixels } from '../image/pixels.ts'
import type { ResolvedOptions } from '../options/options.ts'
import { MtcnnError, type MtcnnErrorCode } from '../shared/errors.ts'
import type { Detail } from '../shared/trace.ts'

/** What may cross to a worker: everything but the signal, for which a message stands. */
export type PostedOptions = Omit<ResolvedOptions, 'signal'>

/** From the thread that calls to the worker. */
export type Request =
  | { type: 'start'; kernels: WebAssembly.Module | Uint8Array; weights: Float32Array }
  | { type: 'search'; id: number; pixels: Pixels; options: PostedOptions; detail: Detail; abortable: boolean }
  | { type: 'abort'; id: number }

/** From the worker. `loaded` says that its script runs, `ready` that searches may come. */
export type Reply =
  | { type: 'loaded' }
  | { type: 'ready' }
  | { type: 'refused'; error: PostedError }
  | { type: 'found'; id: number; outcome: Outcome }
  | { type: 'failed'; id: number; error: PostedError }

/** An error on its way: structured clone keeps neither the class nor the code of an MtcnnError. */
export interface PostedError {
  /** Missing where it was not an MtcnnError. */
  code?: MtcnnErrorCode
  message: string
  stack?: string
}

export function packError(error: unknown): PostedError {
  if (error instanceof MtcnnError) return { code: error.code, message: error.message, stack: error.stack }
  if (error instanceof Error) return { message: `${error.name}: ${error.message}`, stack: error.stack }
  return { message: String(error) }
}

/** The error again; what was none of ours has become a failure of the worker. */
export function unpackError({ code, message, stack }: PostedError): MtcnnError {
  const inside = new Error(message)
  if (stack !== undefined) inside.stack = stack
  return code
    ? new MtcnnError(code, message, { cause: inside })
    : new MtcnnError('WORKER_FAILED', `the worker failed: ${message}`, { cause: inside })
}

/**
 * Pixels as they are posted, and the buffers handed over with them: that of `pixels` where it may go, else a copy of just
 * the bytes that are pixels (posting a view would copy the whole buffer behind it).
 */
export function packPixels(pixels: Pixels, handOver: boolean): { pixels: Pixels; transfer: ArrayBuffer[] } {
  const { data, width, height, channels, stride } = pixels
  const source = data.buffer
  if (handOver && source instanceof ArrayBuffer) {
    // As a plain array: a Buffer would arrive as one anyway.
    const view = new Uint8Array(source, data.byteOffset, data.byteLength)
    return { pixels: { ...pixels, data: view }, transfer: [source] }
  }
  const copy = new Uint8Array(stride * (height - 1) + width * channels)
  copy.set(data.subarray(0, copy.length))
  return { pixels: { ...pixels, data: copy }, transfer: [copy.buffer] }
}
