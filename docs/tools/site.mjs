// Builds the site with TypeDoc: the API from the entries of the package, and all pages.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Application, ReflectionKind, TSConfigReader } from 'typedoc'
import { allPages, root } from './pages.mjs'
import { dress, REPOSITORY, TOP_LINKS } from './theme.mjs'

/** @import { ProjectReflection } from 'typedoc' */

/** What each declaration file that the package exports is called on the site. */
const PLACES = { browser: '', node: ' in Node' }

/**
 * The entries of the package: its exports, for browsers and for Node.
 *
 * @returns {import('./theme.mjs').Entry[]}
 */
export function entries() {
  const { name, exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  /** @type {import('./theme.mjs').Entry[]} */
  const found = []
  for (const [path, conditions] of Object.entries(exports)) {
    const browser = conditions.default?.default?.types ?? conditions.default?.types ?? conditions.types
    if (browser === undefined) continue
    const node = conditions.node?.default?.types ?? browser
    for (const [place, types] of Object.entries({ browser, node })) {
      const file = types.replace('./dist/', 'src/').replace(/\.d\.ts$/, '.ts')
      if (found.some((entry) => entry.file === file)) continue
      if (!existsSync(join(root, file)))
        throw new Error(`${path} of package.json comes from ${file}, which is not there`)
      found.push({ file, name: `${name}${path.slice(1)}${PLACES[/** @type {keyof typeof PLACES} */ (place)]}` })
    }
  }
  return found
}

/** Types that describe the shape of a class of the web: what its members do stands there. */
const SHAPES = ['DrawContext']

/** @param {ProjectReflection} project */
function membersOfShapes(project) {
  const members = project.getReflectionsByKind(ReflectionKind.CallSignature)
  const ofShapes = members.filter(({ parent }) => SHAPES.includes(parent?.parent?.name ?? ''))
  return ofShapes
    .filter((member) => !member.hasComment() && !member.parent?.hasComment())
    .map((member) => member.getFriendlyFullName())
}

/**
 * Writes the site. Fails on every warning of TypeDoc.
 *
 * @param {string} folder
 */
export async function buildSite(folder) {
  const modules = entries()
  const app = await Application.bootstrap(
    {
      name: 'mtcnn-wasm',
      entryPoints: modules.map(({ file }) => join(root, file)),
      projectDocuments: allPages()
        .filter((page) => page !== 'README.md')
        .map((page) => join(root, page)),
      readme: join(root, 'README.md'),
      tsconfig: join(root, 'docs/tools/tsconfig.json'),
      // `npm run typecheck` looks for errors.
      skipErrorChecking: true,
      router: 'pages',
      theme: 'pages',
      favicon: join(root, 'docs/tools/icon.svg'),
      customCss: join(root, 'docs/tools/site.css'),
      navigationLinks: TOP_LINKS,
      sourceLinkTemplate: `${REPOSITORY}/blob/main/{path}#L{line}`,
      sourceLinkExternal: true,
      disableGit: true,
      includeVersion: true,
      hideGenerator: true,
      searchInDocuments: true,
      excludePrivate: true,
      excludeInternal: true,
      excludeExternals: true,
      sort: ['kind', 'source-order'],
      sortEntryPoints: false,
      navigation: { includeGroups: true, includeCategories: false, includeFolders: false },
      highlightLanguages: [
        'bash',
        'sh',
        'css',
        'html',
        'javascript',
        'json',
        'jsonc',
        'jsx',
        'svelte',
        'tsx',
        'typescript',
        'vue',
        'toml',
        'nginx',
        'python',
        'http',
      ],
      treatWarningsAsErrors: true,
      treatValidationWarningsAsErrors: true,
      validation: {
        notExported: true,
        invalidLink: true,
        rewrittenLink: true,
        notDocumented: true,
        unusedMergeModuleWith: true,
      },
      requiredToBeDocumented: ['Class', 'Interface', 'TypeAlias', 'Function', 'Method', 'Accessor', 'Variable', 'Enum'],
      // Of the declarations, not of the API: stand-ins for types of the DOM, and what the constructors take that nobody calls.
      intentionallyNotExported: ['Global', 'CompiledModule', 'Setup'],
      logLevel: 'Warn',
    },
    [new TSConfigReader()],
  )
  dress(app, modules)
  const project = await app.convert()
  if (!project) throw new Error('TypeDoc could not read the sources')
  app.options.setValue('intentionallyNotDocumented', membersOfShapes(project))
  app.validate(project)
  await app.generateDocs(project, folder)
  if (app.logger.hasErrors() || app.logger.hasWarnings()) throw new Error('TypeDoc has warnings, which count as errors')
}
