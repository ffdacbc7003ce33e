import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { FaceFinder } from './FaceFinder.tsx'

createRoot(document.getElementById('app')!).render(
  <StrictMode>
    <FaceFinder />
  </StrictMode>,
)
