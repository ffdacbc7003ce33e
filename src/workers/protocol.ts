import type { Outcome } from '../cascade/search.ts'
import type { FollowOutcome, FollowRequest } from '../cascade/sighting.ts'
import type { Pixels } from '../image/pixels.ts'
import type { ResolvedOptions } from '../options/options.ts'
import { describe, MtcnnError, type MtcnnErrorCode } from '../shared/errors.ts'
import type { Detail } from '../shared/trace.ts'
import type { WarpRequest } from '../wasm/warper.ts'

/** The options that can be posted to a worker. A signal cannot: `abort` messages stand for it. */
export type PostedOptions = Omit<ResolvedOptions, 'signal'>

/** From the thread that calls to the worker. */
export type Request =
  | { type: 'start'; kernels: WebAssembly.Module | Uint8Array; weights: Float32Array; claims?: Int32Array | undefined }
  | SearchRequest
  | FollowTask
  | WarpTask
  | { type: 'abort'; id: number }
  | TeamRequest

/** Makes this worker, or another, a member of a team that it leads. */
export interface TeamRequest {
  type: 'team'
  /** Where this worker leads: which member is meant, from 1. Missing: this worker is the member. */
  member?: number
  /** To the other side. Missing: the member is lost. */
  port?: MessagePort
}

interface TaskRequest {
  /** From 1. */
  id: number
  /** Whether an `abort` may follow. */
  abortable: boolean
  /** Whether the buffer of the pixels comes back with the answer: it was transferred, and is to be used again. */
  giveBack?: boolean
}

export interface SearchRequest extends TaskRequest {
  type: 'search'
  pixels: Pixels
  options: PostedOptions
  detail: Detail
  /** Whether the pixels are kept for the request after this one. Missing: they are not. */
  keep?: boolean
}

export interface FollowTask extends TaskRequest {
  type: 'follow'
  pixels: Pixels
  options: PostedOptions
  request: FollowRequest
}

export interface WarpTask extends TaskRequest {
  type: 'warp'
  /** Missing: those that the request before this one had. */
  pixels?: Pixels
  requests: readonly WarpRequest[]
}

/** From the worker. `loaded`: its script runs. `ready`: it takes searches. `refused`: it cannot run the kernels. */
export type Reply = { type: 'loaded' } | { type: 'ready' } | { type: 'refused'; error: PostedError } | TaskReply

/** The answer to a task. */
export type TaskReply = { id: number; buffer?: ArrayBuffer } & (
  | { type: 'found'; outcome: Outcome }
  | { type: 'followed'; outcome: FollowOutcome }
  | { type: 'warped'; crops: Float32Array[] }
  | { type: 'failed'; error: PostedError }
)

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
