// The app of examples/recipes/angular, built by Angular's command line, which makes no file of the worker.

import { cp, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { expectNear } from './expect.mjs'
import { newPage } from './page.mjs'
import { run } from './process.mjs'
import { serveFolder } from './server.mjs'

/** @param {import('./cases.mjs').Setting} setting */
export function angular({ here, wanted, project }) {
  return [
    {
      name: 'Angular',
      async test() {
        const folder = await project()
        const modules = join(here, 'node_modules')
        for (const name of ['@angular', 'rxjs', 'tslib', 'typescript']) {
          await symlink(join(modules, name), join(folder, 'node_modules', name))
        }
        const app = join(folder, 'angular')
        await cp(join(here, '../../examples/recipes/angular'), app, { recursive: true })
        // It wants a newer Node than 20.
        await run(join(modules, 'node/bin/node'), [join(modules, '@angular/cli/bin/ng.js'), 'build'], { cwd: app })

        const server = await serveFolder(join(app, 'dist/browser'))
        const { page, complaints, failed } = await newPage()
        try {
          await page.goto(server.url)
          await page.setInputFiles('input', join(folder, 'public/faces.jpg'))
          await page.getByText(`${wanted.length} found`).waitFor()
          const boxes = await page.locator('rect').evaluateAll((frames) => {
            const number = (/** @type {Element} */ frame) => (/** @type {string} */ side) =>
              Number(frame.getAttribute(side))
            return frames.map(number).map((side) => ({
              box: { x: side('x'), y: side('y'), width: side('width'), height: side('height') },
            }))
          })
          expectNear(boxes, wanted)
          if (page.workers().length !== 1) throw new Error(`${page.workers().length} workers`)
          if (failed.length > 0) throw new Error(`failed requests: ${failed}`)
          if (complaints.length > 0) throw new Error(`the console says: ${complaints}`)
          return `${boxes.length} faces, in a worker, no failed request`
        } finally {
          await page.close()
          server.close()
        }
      },
    },
  ]
}
