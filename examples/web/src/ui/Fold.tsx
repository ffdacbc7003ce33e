import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'

/** Wide enough for everything to be open. */
const WIDE = '(min-width: 900px)'

interface Props {
  class: string
  title: string
  children: ComponentChildren
  onToggle?: (isOpen: boolean) => void
}

/** A part of the page: open on a wide screen, folded on a phone, where the picture comes first. */
export function Fold({ class: name, title, children, onToggle }: Props) {
  const open = useSignal(matchMedia(WIDE).matches)
  return (
    <details
      class={`card fold ${name}`}
      open={open.value}
      onToggle={({ currentTarget }) => {
        open.value = currentTarget.open
        onToggle?.(currentTarget.open)
      }}
    >
      <summary>
        <h2>{title}</h2>
      </summary>
      {children}
    </details>
  )
}
