// `node esbuild.mjs` does with esbuild what vite.config.js does with Vite.

import { cp } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { build } from 'esbuild'

await build({
  entryPoints: ['popup.js', 'offscreen.js', 'background.js', 'content.js'],
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  minify: true,
  // Kernels and weights for the background become files.
  loader: { '.wasm': 'file', '.bin': 'file' },
})
await cp('public', 'dist', { recursive: true })
for (const page of ['popup.html', 'offscreen.html']) await cp(page, `dist/${page}`)
// esbuild makes no file of the worker, and extensions forbid workers from blobs. The library looks for it in the root.
await cp(
  createRequire(import.meta.url)
    .resolve('mtcnn-wasm')
    .replace(/[^/\\]*$/, 'worker.js'),
  'dist/worker.js',
)
