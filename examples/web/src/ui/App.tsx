import { Code } from './Code.tsx'
import { Explanation } from './Explanation.tsx'
import { FaceList } from './FaceList.tsx'
import { Header } from './Header.tsx'
import { SettingsPanel } from './SettingsPanel.tsx'
import { Stage } from './Stage.tsx'
import { Timing } from './Timing.tsx'

export function App() {
  return (
    <>
      <Header />
      <main>
        <div class="column">
          <Stage />
          <FaceList />
        </div>
        <div class="column">
          <SettingsPanel />
          <Code />
          <Timing />
        </div>
        <Explanation />
      </main>
      <footer class="foot">
        <p>
          Pictures, video and camera stay on this device: the page sends nothing anywhere. The photographs come from npm
          packages and belong to their authors.
        </p>
      </footer>
    </>
  )
}
