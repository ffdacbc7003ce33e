import { download } from '../detectors.ts'
import { opening, searching, source } from '../state.ts'

const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1)

/** Over the picture: what it still waits for. */
export function Loading() {
  const { value: progress } = download
  if (progress && (searching.value || opening.value)) {
    const { loaded, total } = progress
    return (
      <div class="loading">
        <label for="download">Loading the detector</label>
        <progress id="download" value={loaded} max={total} />
        <p class="number">
          {megabytes(loaded)} of {megabytes(total)} MB, once
        </p>
      </div>
    )
  }
  if (!searching.value && !opening.value) return null
  return (
    <>
      <div class="sweep" aria-hidden="true" />
      {!source.value && (
        <p class="empty" aria-hidden="true">
          Opening {opening}
        </p>
      )}
    </>
  )
}
