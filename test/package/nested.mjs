import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Makes a project of a recipe in a folder beside the modules of this one, for tools that look for packages further up and follow no
 * links. The folder is removed afterwards.
 *
 * @template T
 * @param {import('./cases.mjs').Setting} setting
 * @param {string} recipe - Its folder.
 * @param {(folder: string) => Promise<T>} test
 * @returns {Promise<T>}
 */
export async function nested({ here, project }, recipe, test) {
  const folder = await mkdtemp(join(here, '.project-'))
  try {
    await cp(join(await project(), 'node_modules'), join(folder, 'node_modules'), { recursive: true })
    await cp(recipe, folder, { recursive: true })
    await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
    return await test(folder)
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}
