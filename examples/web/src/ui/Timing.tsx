import { useSignal } from '@preact/signals'
import type { StageTimes } from 'mtcnn-wasm/slim'
import { useEffect } from 'preact/hooks'
import { settings } from '../settings.ts'
import { explanation, source } from '../state.ts'

const STAGES: readonly [keyof StageTimes, string][] = [
  ['load', 'Pixels in'],
  ['resize', 'Smaller copies'],
  ['proposal', 'First look'],
  ['patches', 'Cutting out'],
  ['refine', 'Second look'],
  ['output', 'Last look'],
]

/** Where the milliseconds went. */
export function Timing() {
  const held = useLongestTask()
  const { value: found } = explanation
  const times = found?.trace.milliseconds
  return (
    <section class="card timing" aria-labelledby="timing-title" aria-busy={!times}>
      <h2 id="timing-title">Time</h2>
      {!times && <p class="note">Known when the search is done.</p>}
      {times && (
        <>
          <div class="shares" aria-hidden="true">
            {STAGES.map(([name]) => (
              <span key={name} class={name} style={{ flexGrow: times[name] }} />
            ))}
          </div>
          <dl>
            {STAGES.map(([name, label]) => (
              <div key={name}>
                <dt class={name}>{label}</dt>
                <dd class="number">{times[name].toFixed(1)} ms</dd>
              </div>
            ))}
          </dl>
          <p class="note">
            {found.worker ? 'Measured in the background worker' : 'Measured on the main thread'}, on one thread. The
            page itself was held up for{' '}
            <span class="number">{held === 0 ? 'less than 50 ms' : `${held.toFixed(0)} ms`}</span> at most.
          </p>
        </>
      )}
    </section>
  )
}

/** Milliseconds of the longest task since the source or the settings changed; 0 where all were shorter than 50 ms. */
function useLongestTask(): number {
  const longest = useSignal(0)
  const [shown, now] = [source.value, settings.value]
  useEffect(() => {
    longest.value = 0
    // Tells only of what took over 50 ms; some browsers cannot tell.
    const observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) longest.value = Math.max(longest.value, duration)
    })
    observer.observe({ entryTypes: ['longtask'] })
    return () => observer.disconnect()
  }, [shown, now])
  return longest.value
}
