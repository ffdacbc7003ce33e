import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

export default defineConfig({
  // Addresses relative to the page: it can be put into any folder of any server.
  base: './',
  // The weights are one file of 2.6 MB.
  build: { chunkSizeWarningLimit: 3000 },
  // Only needed because this example lies inside the library's own repository.
  server: { fs: { allow: [fileURLToPath(new URL('../..', import.meta.url))] } },
})
