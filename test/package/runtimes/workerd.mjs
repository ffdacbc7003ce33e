// The package in a Worker, as files and not bundled: node workerd.mjs <folder of miniflare> <main or slim>. Prints faces.
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const [tools = '', entry = 'main'] = process.argv.slice(2)
const resolve = createRequire(join(tools, 'package.json')).resolve
const { Miniflare } = await import(pathToFileURL(resolve('miniflare')).href)

const root = 'node_modules/mtcnn-wasm'
const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const file = exports[entry === 'main' ? '.' : './slim'].workerd.default

const worker = `
import { MTCNN } from './${join(root, file)}'
import module from './${root}/dist/mtcnn.wasm'
import weights from './${root}/weights/mtcnn-f32.bin'

export default {
  async fetch(request) {
    const [width, height] = new URL(request.url).pathname.split('/').slice(1).map(Number)
    const data = new Uint8Array(await request.arrayBuffer())
    const detector = await ${entry === 'main' ? 'MTCNN.create()' : 'MTCNN.create({ module, weights })'}
    const faces = await detector.detectFaces({ data, width, height, channels: 3 })
    return Response.json({ faces, worker: detector.info.worker })
  },
}
`
/** Every file of the package that the Worker may import. */
const modules = [{ type: 'ESModule', path: 'worker.mjs', contents: worker }]
for (const name of readdirSync(join(root, 'dist'), { recursive: true, encoding: 'utf8' })) {
  const path = join(root, 'dist', name)
  if (name.endsWith('.js') && !/node|cli/.test(name))
    modules.push({ type: 'ESModule', path, contents: readFileSync(path, 'utf8') })
  if (name.endsWith('.wasm')) modules.push({ type: 'CompiledWasm', path, contents: readFileSync(path) })
}
const weights = join(root, 'weights/mtcnn-f32.bin')
modules.push({ type: 'Data', path: weights, contents: readFileSync(weights) })

const flare = new Miniflare({ modules, compatibilityDate: '2026-01-01' })
try {
  const { width, height } = JSON.parse(readFileSync('size.json', 'utf8'))
  const response = await flare.dispatchFetch(`http://localhost/${width}/${height}`, {
    method: 'POST',
    body: readFileSync('faces.rgb'),
  })
  console.log(await response.text())
} finally {
  await flare.dispose()
}
