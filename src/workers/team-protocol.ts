import type { Source } from '../cascade/context.ts'
import type { Share } from '../cascade/shares.ts'
import type { ThreadTimes } from '../shared/trace.ts'
import type { Rows } from '../wasm/bands.ts'
import type { Level, PatchNet } from '../wasm/nets.ts'
import type { PostedError } from './protocol.ts'

// A team: workers that search one image together. The first leads: it has the search, and gives the others their shares over
// ports that the thread that calls has made (TeamRequest). These messages go over the ports.

/** From the leader to a member. */
export type ShareRequest = ProposeShare | AnswerShare | { type: 'stop'; id: number }

interface ShareTask {
  id: number
  /** Whether a `stop` may follow: then work pauses now and then. */
  abortable: boolean
}

/** P-Net on some rows of the levels. */
export interface ProposeShare extends ShareTask {
  type: 'propose'
  source: Source
  levels: readonly Level[]
  cells: Share
  threshold: number
  everyCell: boolean
}

/** R-Net or O-Net on some boxes. */
export interface AnswerShare extends ShareTask {
  type: 'answer'
  net: PatchNet
  boxes: Float64Array
  flip: boolean
  interpolated: boolean
  /** Missing: the rows that are needed are at hand. */
  image?: { source: Source; rows: Rows }
}

/** From a member to the leader. */
export type ShareReply =
  | { type: 'proposed'; id: number; levels: Uint8Array<ArrayBuffer>[]; times: ThreadTimes }
  | {
      type: 'answered'
      id: number
      values: Float32Array<ArrayBuffer>
      given: Uint8Array<ArrayBuffer>
      times: ThreadTimes
    }
  | { type: 'failed'; id: number; error: PostedError }
