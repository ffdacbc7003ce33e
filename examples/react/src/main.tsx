import { StrictMode, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { FacePicture } from './FacePicture.tsx'

function App() {
  const [src, setSrc] = useState<string>()
  const [count, setCount] = useState<number>()
  return (
    <main>
      <label>
        A picture{' '}
        <input
          type="file"
          accept="image/*"
          onChange={({ target }) => {
            const file = target.files?.[0]
            if (file) setSrc(URL.createObjectURL(file))
          }}
        />
      </label>
      <p role="status">{count === undefined ? '' : `${count} found`}</p>
      {src && <FacePicture src={src} alt="What was chosen" onFaces={({ length }) => setCount(length)} />}
    </main>
  )
}

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
