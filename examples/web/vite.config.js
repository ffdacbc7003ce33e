import { statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { samples } from './samples.js'

export default defineConfig({
  // Addresses relative to the page: it can be put into any folder of any server.
  base: './',
  plugins: [samples()],
  worker: { format: 'es' },
  // Pictures are made on the first build, which takes its time.
  build: { rolldownOptions: { checks: { pluginTimings: false } } },
  // So that progress can be told where a server compresses and does not say the size.
  define: { WEIGHTS_SIZE: statSync(fileURLToPath(import.meta.resolve('mtcnn-wasm/weights/mtcnn-f32.bin'))).size },
  // Only needed because this example lies inside the library's own repository.
  server: { fs: { allow: [fileURLToPath(new URL('../..', import.meta.url))] } },
})
