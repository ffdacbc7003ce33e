// npm run bench: our core against other runtimes in Node, then once more in a newer Node.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { frame, group, portrait, twelveMegapixels } from './images.ts'
import { loadWeights } from './library.ts'
import { peerContender } from './peers/contender.ts'
import { loadOrtNode, loadOrtWeb, onnxRuntime } from './peers/onnxruntime.ts'
import { ourContenders } from './peers/ours.ts'
import { loadTfWasm, tfjs } from './peers/tfjs.ts'
import { engine, machine, NODE, writeSection } from './report.ts'
import { runSuite } from './suite.ts'
import { suiteLines } from './suite-report.ts'
import type { Budget } from './timing.ts'
import { timeWhole, wholeDetectors } from './whole.ts'
import { wholeLines } from './whole-report.ts'

const { values } = parseArgs({
  options: {
    peer: { type: 'string', multiple: true, default: [] },
    quick: { type: 'boolean', default: false },
    'this-node-only': { type: 'boolean', default: false },
  },
})

const weights = loadWeights()
const ours = await ourContenders(weights)
const { core } = ours[0]!
const native = await loadOrtNode()
const web = await loadOrtWeb()
const tf = await loadTfWasm(fileURLToPath(new URL('node_modules/@tensorflow/tfjs-backend-wasm/dist/', import.meta.url)))
const contenders = [
  ...ours,
  peerContender('onnxruntime-node', native.version, core, await onnxRuntime(native.ort, weights, 'cpu')),
  peerContender('onnxruntime-web', web.version, core, await onnxRuntime(web.ort, weights, 'wasm')),
  peerContender('tfjs wasm', tf.version, core, tfjs(tf.tf, weights)),
]

const pictures = [await portrait(), await frame(), await group(), await twelveMegapixels()]
const used = values.quick ? pictures.slice(0, 2) : pictures
const budget: Budget = values.quick ? { rounds: [5, 15], seconds: 3 } : { rounds: [7, 41], seconds: 20 }
const say = (text: string) => console.error(text)
const result = await runSuite(contenders, used, pictures[1]!, { minFaceSizes: [20, 40], budget, say })
const whole: string[] = []
if (values.peer.length > 0) {
  const detectors = await wholeDetectors(values.peer)
  whole.push('', 'Whole detectors.', '', ...wholeLines(detectors, await timeWhole(detectors, used, budget, say)))
}
writeSection(NODE, [
  `\`npm run bench${values.quick ? ' -- --quick' : ''}\` on ${machine()}; ${engine()}.`,
  '',
  ...suiteLines(result),
  ...whole,
])

if (!values['this-node-only']) {
  const newer = fileURLToPath(new URL('node_modules/node/bin/node', import.meta.url))
  const program = process.argv[1]!
  const { status } = spawnSync(newer, [program, ...process.argv.slice(2), '--this-node-only'], { stdio: 'inherit' })
  process.exitCode = status ?? 1
}
