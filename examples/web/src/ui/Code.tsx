import { codeFor, tokens } from '../code.ts'
import { settings } from '../settings.ts'
import { isLive } from '../state.ts'
import { CopyButton } from './CopyButton.tsx'

/** The code that does what the page does now. */
export function Code() {
  const code = codeFor(settings.value, isLive.value)
  return (
    <section class="card code" aria-labelledby="code-title">
      <div class="head">
        <h2 id="code-title">The code for this</h2>
        <CopyButton text={() => code} what="the code" />
      </div>
      <pre>
        <code>
          {tokens(code).map(({ text, kind }, n) => (
            <span key={n} class={kind}>
              {text}
            </span>
          ))}
        </code>
      </pre>
    </section>
  )
}
