import type { Outcome } from '../cascade/search.ts'
import { checkBytes, type Pixels } from '../image/pixels.ts'
import type { ResolvedOptions } from '../options/options.ts'
import { describe, MtcnnError, type MtcnnErrorCode } from '../shared/errors.ts'
import type { Detail } from '../shared/trace.ts'
import type { WarpRequest } from '../wasm/warper.ts'

/** The options that can be posted to a worker. A signal cannot: `abort` messages stand for it. */
export type PostedOptions = Omit<ResolvedOptions, 'signal'>

/** From the thread that calls to the worker. */
export type Request =
  | { type: 'start'; kernels: WebAssembly.Module | Uint8Array; weights: Float32Array }
  | SearchRequest
  | WarpTask
  | { type: 'abort'; id: number }

interface TaskRequest {
  id: number
  /** Whether an `abort` may follow. */
  abortable: boolean
}

export interface SearchRequest extends TaskRequest {
  type: 'search'
  pixels: Pixels
  options: PostedOptions
  detail: Detail
  /** Whether the pixels are kept for the request after this one. Missing: they are not. */
  keep?: boolean
}

export interface WarpTask extends TaskRequest {
  type: 'warp'
  /** Missing: those that the request before this one had. */
  pixels?: Pixels
  requests: readonly WarpRequest[]
}

/** From the worker. `loaded`: its script runs. `ready`: it takes searches. `refused`: it cannot run the kernels. */
export type Reply =
  | { type: 'loaded' }
  | { type: 'ready' }
  | { type: 'refused'; error: PostedError }
  | { type: 'found'; id: number; outcome: Outcome }
  | { type: 'warped'; id: number; crops: Float32Array[] }
  | { type: 'failed'; id: number; error: PostedError }

/** An error as it is posted: structured clone keeps neither the class nor the code of an MtcnnError. */
export interface PostedError {
  /** Missing where it was no MtcnnError. */
  code?: MtcnnErrorCode
  message: string
  stack?: string
}

export function packError(error: unknown): PostedError {
  if (error instanceof MtcnnError) return { code: error.code, message: error.message, stack: error.stack }
  if (error instanceof Error) return { message: `${error.name}: ${error.message}`, stack: error.stack }
  return { message: describe(error) }
}

/** An MtcnnError again; an error of another class becomes WORKER_FAILED. */
export function unpackError({ code, message, stack }: PostedError): MtcnnError {
  const cause = new Error(message)
  if (stack !== undefined) cause.stack = stack
  return code
    ? new MtcnnError(code, message, { cause })
    : new MtcnnError('WORKER_FAILED', `the worker failed: ${message}`, { cause })
}

/** Bytes copied without a pause: 1 to 3 ms of the caller's thread. */
const PORTION_BYTES = 2 ** 22

export interface PackOptions {
  /** Transfer the buffer of the pixels instead of copying them. */
  transfer: boolean
  /** Called between the portions of a large copy; it may throw to stop it. */
  pause(): Promise<void>
}

/**
 * Makes pixels ready to be posted: their own buffer where it may be transferred, else a copy of only the bytes that are pixels
 * (posting a view copies the whole buffer behind it, at once).
 *
 * @throws MtcnnError INVALID_IMAGE where the bytes go away during the copy.
 */
export async function packPixels(
  pixels: Pixels,
  { transfer, pause }: PackOptions,
): Promise<{ pixels: Pixels; transfer: ArrayBuffer[] }> {
  const { data, width, height, channels, stride } = pixels
  const source = data.buffer
  if (transfer && source instanceof ArrayBuffer) {
    // As a plain array: a Buffer would arrive as one anyway.
    const view = new Uint8Array(source, data.byteOffset, data.byteLength)
    return { pixels: { ...pixels, data: view }, transfer: [source] }
  }
  const copy = new Uint8Array(stride * (height - 1) + width * channels)
  for (let start = 0; start < copy.length; start += PORTION_BYTES) {
    if (start > 0) {
      await pause()
      checkBytes(pixels)
    }
    copy.set(data.subarray(start, Math.min(start + PORTION_BYTES, copy.length)), start)
  }
  return { pixels: { ...pixels, data: copy }, transfer: [copy.buffer] }
}
