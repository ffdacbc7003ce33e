// The recipes for React, Vue and Svelte, examples/recipes, as they are: built by Vite with the plugin of the framework.

import { cp, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expectNear } from './expect.mjs'
import { choosePicture } from './picture.mjs'
import { run } from './process.mjs'
import { serveFolder } from './server.mjs'

/** What each needs beside Vite: the plugin, its export, the packages that are imported; and the files whose types are checked. */
const FRAMEWORKS = {
  React: { plugin: '', made: '', packages: ['react', 'react-dom', '@types'], typed: ['main.tsx'] },
  Vue: { plugin: '@vitejs/plugin-vue', made: 'default', packages: ['vue', 'pinia'], typed: ['useFaces.ts', 'kept.ts'] },
  Svelte: {
    plugin: '@sveltejs/vite-plugin-svelte',
    made: 'svelte',
    packages: ['svelte', 'esm-env', 'clsx'],
    typed: [],
  },
}

/** @param {import('./cases.mjs').Setting} setting */
export function frameworks({ here, wanted, project, photograph }) {
  const modules = join(here, 'node_modules')
  return Object.entries(FRAMEWORKS).map(([name, { plugin, made, packages, typed }]) => ({
    name: `recipe, ${name}`,
    async test() {
      const folder = await project()
      const app = join(folder, 'app')
      await cp(join(here, '../../examples/recipes', name.toLowerCase()), app, { recursive: true })
      for (const wanted of packages) await symlink(join(modules, wanted), join(folder, 'node_modules', wanted))
      if (typed.length > 0) {
        await cp(join(here, 'types/kept.ts'), join(app, 'kept.ts'))
        const options = ['--noEmit', '--strict', '--target', 'es2023', '--module', 'esnext', '--jsx', 'react-jsx']
        const resolution = ['--moduleResolution', 'bundler', '--allowImportingTsExtensions']
        const types = ['--skipLibCheck', '--types', 'react,react-dom', '--typeRoots', join(modules, '@types')]
        const tsc = join(modules, 'typescript/bin/tsc')
        await run(process.execPath, [tsc, ...options, ...resolution, ...types, ...typed], { cwd: app })
      }
      const plugins = plugin ? `import { ${made} as plugin } from '${import.meta.resolve(plugin)}'\n` : ''
      const config = `${plugins}export default { plugins: [${plugin ? 'plugin()' : ''}], build: { chunkSizeWarningLimit: 3000 } }`
      await writeFile(join(app, 'vite.config.mjs'), config)
      const build = [join(modules, 'vite/bin/vite.js'), 'build', '--logLevel', 'warn']
      const { stdout, stderr } = await run(process.execPath, build, { cwd: app })
      if (stdout + stderr !== '') throw new Error(`Vite says: ${stdout}${stderr}`)
      const server = await serveFolder(join(app, 'dist'))
      try {
        const { faces, workers } = await choosePicture(server.url, photograph)
        expectNear(faces, wanted)
        if (workers.length !== 1) throw new Error(`${workers.length} workers`)
        return `${faces.length} faces, in a worker`
      } finally {
        server.close()
      }
    },
  }))
}
