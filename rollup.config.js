import { readFile } from 'node:fs/promises'
import { dts } from 'rollup-plugin-dts'
import esbuild from 'rollup-plugin-esbuild'

/**
 * Makes `import base64 from './file.wasm'` (or .bin) a module whose default export is the file in base64: a string in
 * JavaScript is the one way of shipping bytes that every bundler, server and policy takes. Shared with Vitest.
 */
export function embed() {
  return {
    name: 'embed',
    enforce: /** @type {const} */ ('pre'),
    /** @param {string} id */
    async load(id) {
      const file = id.replace(/\?.*$/, '')
      if (!/\.(wasm|bin)$/.test(file)) return null
      const base64 = await readFile(file, 'base64')
      return { code: `export default '${base64}'`, moduleSideEffects: false, map: null }
    },
  }
}

const SHEBANG = '#!/usr/bin/env node\n'

/** Every package, built-in ones too, stays an import; only this project's files are bundled. */
const external = /^(?![./\0]|[A-Za-z]:\\)/

// One build of all entries, so that they share the detector and the weights instead of each having a copy. The weights
// are imported dynamically and thus a chunk of their own, loaded only when a detector needs them.
export default [
  {
    input: { index: 'src/index.ts', 'index.node': 'src/index.node.ts', cli: 'src/cli.ts' },
    external,
    plugins: [embed(), esbuild({ target: 'es2022' })],
    output: {
      dir: 'dist',
      chunkFileNames: 'chunks/[name].js',
      banner: (/** @type {{ name: string }} */ chunk) => (chunk.name === 'cli' ? SHEBANG : ''),
    },
  },
  {
    input: { index: 'src/index.ts', 'index.node': 'src/index.node.ts' },
    external,
    plugins: [embed(), dts()],
    output: { dir: 'dist', chunkFileNames: 'chunks/[name].d.ts' },
  },
]
