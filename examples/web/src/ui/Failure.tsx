import { tryAgain } from '../session.ts'
import { failure } from '../state.ts'
import { Icon } from './Icon.tsx'

/** What went wrong, and a way on. */
export function Failure() {
  return (
    <div role="alert">
      {failure.value && (
        <div class="error">
          <Icon name="warn" />
          <p>{failure}</p>
          <button type="button" class="button small" onClick={tryAgain}>
            Try again
          </button>
        </div>
      )}
    </div>
  )
}
