// Writes pnet.onnx, rnet.onnx and onet.onnx to bench/build/onnx, for those who want to look at them or use them elsewhere.
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { loadWeights } from '../library.ts'
import { NETS } from '../peers/nets.ts'
import { onnxModel } from './model.ts'

const folder = new URL('../build/onnx/', import.meta.url)
mkdirSync(folder, { recursive: true })
const weights = loadWeights()
for (const net of NETS) {
  const file = new URL(`${net.name}.onnx`, folder)
  const bytes = onnxModel(net, weights)
  writeFileSync(file, bytes)
  console.log(`${fileURLToPath(file).split('/').slice(-4).join('/')}: ${bytes.length} bytes`)
}
