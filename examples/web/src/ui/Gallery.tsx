import { openSample } from '../files.ts'
import { SAMPLES } from '../samples.ts'
import { opening, source } from '../state.ts'

/** Pictures to try. */
export function Gallery() {
  const current = opening.value ?? source.value?.name
  return (
    <ul class="gallery" aria-label="Pictures to try">
      {SAMPLES.map((sample) => (
        <li key={sample.name}>
          <button type="button" aria-pressed={current === sample.name} onClick={() => openSample(sample)}>
            <img src={sample.small} alt="" width="144" height="96" />
            <span>{sample.title}</span>
          </button>
        </li>
      ))}
    </ul>
  )
}
