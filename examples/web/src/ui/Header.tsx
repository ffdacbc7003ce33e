import { CopyButton } from './CopyButton.tsx'

const INSTALL = 'npm install mtcnn-wasm'

export function Header() {
  return (
    <header class="top">
      <div class="brand">
        <svg viewBox="0 0 32 32" aria-hidden="true">
          <path d="M3 10V6a3 3 0 0 1 3-3h4M22 3h4a3 3 0 0 1 3 3v4M29 22v4a3 3 0 0 1-3 3h-4M10 29H6a3 3 0 0 1-3-3v-4" />
          <path d="M12 13v.1M20 13v.1M11.500 20.500c2.500 2 6.500 2 9 0" />
        </svg>
        <span>mtcnn-wasm</span>
      </div>
      <div class="claim">
        <h1>Find every face, right in the browser</h1>
        <p>Boxes and five landmarks, small faces too. Nothing leaves this device.</p>
      </div>
      <div class="install">
        <code>{INSTALL}</code>
        <CopyButton text={() => INSTALL} what="the install command" />
        <a href="https://github.com/mtcnn-wasm/mtcnn-wasm">GitHub</a>
      </div>
    </header>
  )
}
