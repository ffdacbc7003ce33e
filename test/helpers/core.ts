/** The built kernels with the shipped weights, as the library starts them. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseWeights } from '../../src/assets/weights.ts'
import { Core } from '../../src/wasm/core.ts'

export function createCore(): Promise<Core> {
  const file = (path: string) => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)))
  return Core.create(file('build/mtcnn.wasm'), parseWeights(file('weights/mtcnn-f32.bin')))
}
