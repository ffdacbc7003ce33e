import '@fontsource-variable/inter'
import './style/base.css'
import './style/controls.css'
import './style/stage.css'
import './style/panels.css'
import { render } from 'preact'
import { loadAssets } from './detectors.ts'
import { openSample } from './files.ts'
import { SAMPLES } from './samples.ts'
import { start } from './session.ts'
import { App } from './ui/App.tsx'

// In parallel with the first picture. What goes wrong is told where the detector is wanted.
loadAssets().catch(() => undefined)
start()
openSample(SAMPLES[0])
render(<App />, document.getElementById('app')!)
