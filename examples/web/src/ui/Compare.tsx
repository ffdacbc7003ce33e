import { signal } from '@preact/signals'
import type { Answer } from '../state.ts'
import { Icon } from './Icon.tsx'

/** Where the view is divided, as a share of its width. */
export const divider = signal(0.5)

/** The line between two answers, and what each of them is. */
export function Compare({ first, second }: { first: Answer; second: Answer }) {
  return (
    <div class="compare" style={{ '--divider': `${100 * divider.value}%` }}>
      <p class="verdict">
        <Verdict answer={first} />
      </p>
      <p class="verdict other">
        <Verdict answer={second} />
      </p>
      <div
        class="divider"
        aria-hidden="true"
        onPointerDown={(event) => {
          event.preventDefault()
          event.currentTarget.setPointerCapture(event.pointerId)
        }}
        onPointerMove={(event) => {
          if (!event.currentTarget.hasPointerCapture(event.pointerId)) return
          const { left, width } = event.currentTarget.parentElement!.getBoundingClientRect()
          divider.value = Math.min(1, Math.max(0, (event.clientX - left) / width))
        }}
      >
        <span>
          <Icon name="drag" />
        </span>
      </div>
      {/* For the keyboard; the pointer drags the line itself. */}
      <input
        class="hidden"
        type="range"
        min="0"
        max="100"
        step="1"
        value={Math.round(100 * divider.value)}
        aria-label={`Divider: ${first.title} on the left, ${second.title} on the right`}
        onInput={({ currentTarget }) => {
          divider.value = currentTarget.valueAsNumber / 100
        }}
      />
    </div>
  )
}

function Verdict({ answer: { title, faces, milliseconds = 0 } }: { answer: Answer }) {
  return (
    <>
      <strong>{title}</strong> {faces.length} {faces.length === 1 ? 'face' : 'faces'}, {milliseconds.toFixed(0)} ms
    </>
  )
}
