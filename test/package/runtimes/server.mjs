// What server-side rendering does with a component: imports the browser's entry where there is no browser. Nothing may
// happen: no new globals, no error, nothing that keeps the process running.
import { readFileSync } from 'node:fs'

const before = Reflect.ownKeys(globalThis).length
const { exports } = JSON.parse(readFileSync('node_modules/mtcnn-wasm/package.json', 'utf8'))
for (const entry of ['.', './slim']) {
  const browser = new URL(`node_modules/mtcnn-wasm/${exports[entry].default.default.default}`, import.meta.url)
  const { MTCNN, MTCNNPool } = await import(browser)
  if (typeof MTCNN.create !== 'function' || typeof MTCNNPool.create !== 'function')
    throw new Error('an export is missing')
}
if (Reflect.ownKeys(globalThis).length !== before) throw new Error('there are new globals')
const busy = process.getActiveResourcesInfo().filter((kind) => !/^(TTY|Pipe|FSReq|CloseReq)/.test(kind))
if (busy.length > 0) throw new Error(`left running: ${busy}`)
