import { FaceFinder } from './face-finder'

export default function Page() {
  return (
    <main>
      <FaceFinder />
    </main>
  )
}
