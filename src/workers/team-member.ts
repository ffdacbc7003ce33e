import { answerBoxes } from '../cascade/answers.ts'
import { checkpointOf, toldError } from '../cascade/search.ts'
import { proposeShare, threadClock } from '../cascade/share-work.ts'
import type { Core } from '../wasm/core.ts'
import { packError } from './protocol.ts'
import type { AnswerShare, ProposeShare, ShareReply, ShareRequest } from './team-protocol.ts'

/**
 * Does the shares that a leader asks for, one after another.
 *
 * @param port - To the leader.
 */
export function followLeader(core: Core, port: MessagePort): void {
  let before: Promise<void> = Promise.resolve()
  const stops = new Map<number, AbortController>()
  const work = async (request: ProposeShare | AnswerShare, signal: AbortSignal) => {
    // Stopped while it waited.
    if (signal.aborted) return
    try {
      const [reply, transfer] = await doShare(core, request, request.abortable ? signal : undefined)
      port.postMessage(reply, transfer)
    } catch (error) {
      const reply: ShareReply = { type: 'failed', id: request.id, error: packError(toldError(error)) }
      port.postMessage(reply)
    }
  }
  port.onmessage = ({ data }: MessageEvent<ShareRequest>) => {
    if (data.type === 'stop') {
      stops.get(data.id)?.abort()
      return
    }
    const controller = new AbortController()
    stops.set(data.id, controller)
    before = before.then(() => work(data, controller.signal)).finally(() => stops.delete(data.id))
  }
}

async function doShare(
  core: Core,
  request: ProposeShare | AnswerShare,
  signal: AbortSignal | undefined,
): Promise<[ShareReply, ArrayBuffer[]]> {
  const { id } = request
  const checkpoint = checkpointOf(signal)
  const { times, addTime } = threadClock()
  if (request.type === 'propose') {
    core.clear()
    const levels = await proposeShare(core, request, { rest: 'never', addTime, checkpoint })
    return [{ type: 'proposed', id, levels, times }, levels.map(({ buffer }) => buffer)]
  }
  const { image } = request
  if (image) {
    const { pixels, region, turn, pad } = image.source
    await core.loadFrame(pixels, region, [], {
      turn,
      pad,
      cells: [],
      rest: 'never',
      rows: image.rows,
      addTime,
      checkpoint,
    })
  }
  const { values, given } = await answerBoxes({ core, nets: core, checkpoint, addTime }, request)
  return [{ type: 'answered', id, values, given, times }, [values.buffer, given.buffer]]
}
