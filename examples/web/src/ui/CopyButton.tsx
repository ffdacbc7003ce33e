import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { Icon } from './Icon.tsx'

/** Milliseconds for which it says that it has copied. */
const SAID_FOR = 2000

interface Props {
  text: () => string
  /** What is copied, where no text says it. */
  what?: string
  /** Shown beside the icon. */
  children?: ComponentChildren
}

/** Copies a text, and says so for a moment. */
export function CopyButton({ text, what, children }: Props) {
  const said = useSignal<'copied' | 'refused' | undefined>(undefined)
  const copy = async () => {
    said.value = await navigator.clipboard.writeText(text()).then(
      () => 'copied' as const,
      () => 'refused' as const,
    )
    setTimeout(() => {
      said.value = undefined
    }, SAID_FOR)
  }
  const words = { copied: 'Copied', refused: 'Not allowed here' }
  return (
    <button
      type="button"
      class={children ? 'button small' : 'icon-button'}
      onClick={copy}
      aria-label={children ? undefined : `Copy ${what}`}
    >
      <Icon name={said.value === 'copied' ? 'check' : 'copy'} />
      {children && <span>{said.value ? words[said.value] : children}</span>}
      <span class="hidden" role="status">
        {said.value && words[said.value]}
      </span>
    </button>
  )
}
