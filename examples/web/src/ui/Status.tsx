import { untracked, useSignal, useSignalEffect } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { explanation, isLive, rate, searching, status } from '../state.ts'

/** A screen reader is told of a new number of faces in live video this often at most, milliseconds. */
const ANNOUNCE_EVERY = 1500

/** How things are, for the eye and, not at every frame, for the ear. */
export function Status() {
  const aloud = useSignal('')
  const announced = useRef(Number.NEGATIVE_INFINITY)
  useSignalEffect(() => {
    const text = status.value
    const wait = isLive.value && !searching.value ? announced.current + ANNOUNCE_EVERY - performance.now() : 0
    const say = () => {
      announced.current = performance.now()
      aloud.value = text
    }
    if (wait <= 0) return untracked(say)
    const timer = setTimeout(say, wait)
    return () => clearTimeout(timer)
  })
  const { value: found } = explanation
  const { value: live } = rate
  const milliseconds = live?.milliseconds ?? (found && found.trace.milliseconds.total - found.trace.milliseconds.detail)
  return (
    <div class="status">
      <p aria-hidden="true">{status}</p>
      <p class="hidden" role="status">
        {aloud}
      </p>
      <p class="note">
        {milliseconds !== undefined && !searching.value && (
          <>
            Found in <span class="number">{milliseconds.toFixed(live ? 1 : 0)} ms</span>
            {live && (
              <>
                {' '}
                a picture, <span class="number">{live.perSecond.toFixed(0)}</span> pictures a second
              </>
            )}
          </>
        )}
      </p>
    </div>
  )
}
