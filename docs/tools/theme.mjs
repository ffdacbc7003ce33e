// How TypeDoc's site differs from what it is without settings: pages have the addresses and titles of our Markdown files, the
// navigation is docs/README.md's list of contents, and the bar at the top leads to the live page.

import { Comment, Converter, DefaultTheme, JSX, KindRouter, ReflectionKind } from 'typedoc'
import { chapters, nameOf, titleOf } from './pages.mjs'

/** @import { Application, CommentDisplayPart, DocumentReflection, ProjectReflection, Reflection } from 'typedoc' */

export const REPOSITORY = 'https://github.com/mtcnn-wasm/mtcnn-wasm'

/** Links at the top; addresses from the root of the site. */
const TOP = { 'Live page': 'demo/', Guides: 'docs/README.html', API: 'modules/mtcnn-wasm.html' }

/**
 * A module of the API: the file that the package's entry is made of, and its name on the site.
 *
 * @typedef {{ file: string, name: string }} Entry
 */

/**
 * Pages have the addresses of their files: docs/errors.md is docs/errors.html.
 *
 * @param {Application} app
 */
function defineRouter(app) {
  app.renderer.defineRouter(
    'pages',
    class extends KindRouter {
      /** @param {Reflection} reflection @override */
      getIdealBaseName(reflection) {
        return reflection.isDocument() ? pageOf(reflection).replace(/\.md$/, '') : super.getIdealBaseName(reflection)
      }
    },
  )
}

/** @param {Application} app */
function defineTheme(app) {
  app.renderer.defineTheme(
    'pages',
    class extends DefaultTheme {
      /** @param {ProjectReflection} project @override */
      buildNavigation(project) {
        const documents = new Map((project.documents ?? []).map((document) => [pageOf(document), document]))
        const leaf = (/** @type {DocumentReflection} */ document) => {
          return { text: document.name, path: this.router.getFullUrl(document), kind: ReflectionKind.Document }
        }
        const guides = chapters().map(({ title, pages }) => {
          const found = pages.map((page) => documents.get(page)).filter((document) => document !== undefined)
          for (const page of pages) documents.delete(page)
          return { text: title, children: found.map(leaf) }
        })
        // No page is lost: what the list of contents does not name follows it.
        documents.delete('docs/README.md')
        const rest = { text: 'Project', children: [...documents.values()].map(leaf) }
        const modules = super.buildNavigation(project).filter(({ kind }) => kind === ReflectionKind.Module)
        return [...guides, { text: 'API', children: modules }, rest]
      }
    },
  )
}

/** @param {DocumentReflection} document */
function pageOf(document) {
  const path = document.project.files.getReflectionPath(document)
  if (path === undefined) throw new Error(`${document.name} has no file`)
  return nameOf(path)
}

/**
 * Titles from the pages' first headings; names of modules; links to files of the repository.
 *
 * @param {Application} app
 * @param {readonly Entry[]} entries
 */
function nameEverything(app, entries) {
  app.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_, document) => {
    document.name = titleOf(pageOf(document))
  })
  app.converter.on(Converter.EVENT_CREATE_DECLARATION, (_, declaration) => {
    // Its declaration is computed, and cannot bear a comment in the sources.
    if (declaration.name === '[dispose]')
      declaration.comment = new Comment([
        { kind: 'text', text: 'Calls `dispose()` at the end of a block with `using`.' },
      ])
  })
  app.converter.on(Converter.EVENT_END, ({ project }) => {
    for (const module of project.getReflectionsByKind(ReflectionKind.Module)) {
      const source = module.isDeclaration() ? module.sources?.[0]?.fullFileName : undefined
      const entry = entries.find(({ file }) => source?.endsWith(`/${file}`))
      if (!entry) throw new Error(`${module.name} is no entry of the package`)
      module.name = entry.name
      // What is declared in the entry itself, the classes to begin with, comes first.
      const inEntry = (/** @type {Reflection} */ child) => {
        return child.isDeclaration() && child.sources?.[0]?.fullFileName.endsWith(`/${entry.file}`) ? 0 : 1
      }
      for (const { children } of module.isDeclaration() ? (module.groups ?? []) : []) {
        children.sort((a, b) => inEntry(a) - inEntry(b))
      }
    }
    // TypeDoc puts the project's name above it.
    const [first] = project.readme ?? []
    if (first?.kind === 'text') first.text = first.text.replace(/^\s*# .+\n/, '')
    const documents = project.documents ?? []
    const texts = [project.readme ?? [], ...documents.map(({ content }) => content)]
    const copied = Reflect.get(project.files, 'mediaToPath')
    for (const id of texts.flatMap((parts) => [...linkToRepository(project, parts)])) copied.delete(id)
  })
}

/**
 * A link to a file that is neither a page nor a picture leads to the repository.
 *
 * @param {ProjectReflection} project
 * @param {CommentDisplayPart[]} parts - Changed in place.
 * @returns {Set<number>} What TypeDoc would copy to the site.
 */
function linkToRepository(project, parts) {
  /** @type {Set<number>} */
  const foreign = new Set()
  parts.forEach((part, n) => {
    if (part.kind !== 'relative-link' || part.target === undefined) return
    const { files } = project
    const path = typeof files.resolve(part.target, project) === 'string' ? files.resolvePath(part.target) : undefined
    if (path === undefined || /\.(jpe?g|png|svg|webp)$/.test(path)) return
    foreign.add(part.target)
    const anchor = part.targetAnchor === undefined ? '' : `#${part.targetAnchor}`
    parts[n] = { kind: 'text', text: `${REPOSITORY}/blob/main/${nameOf(path)}${anchor}` }
  })
  return foreign
}

/**
 * TypeDoc writes addresses of the bar as they are given; ours are relative to the root of the site.
 *
 * @param {Application} app
 */
function linkFromAnywhere(app) {
  app.renderer.on('endPage', (page) => {
    const up = '../'.repeat(page.url.split('/').length - 1)
    for (const address of Object.values(TOP)) {
      page.contents = page.contents?.replaceAll(`href="${address}"`, `href="${up}${address}"`)
    }
  })
  app.renderer.hooks.on('head.begin', () => {
    // Open until a reader closes them. TypeDoc keeps that in the browser, and has no setting for the beginning.
    const keys = JSON.stringify(chapters().map(({ title }) => `tsd-accordion-${title}`))
    const html = `try { for (const key of ${keys}) localStorage.getItem(key) ?? localStorage.setItem(key, 'true') } catch {}`
    return JSX.createElement('script', null, JSX.createElement(JSX.Raw, { html }))
  })
  app.renderer.hooks.on('content.begin', (context) => {
    if (context.page.url !== 'index.html') return JSX.createElement(JSX.Fragment, null)
    const link = (/** @type {string} */ text, /** @type {string} */ href) => JSX.createElement('a', { href }, text)
    return JSX.createElement(
      'nav',
      { class: 'start', 'aria-label': 'Where to start' },
      link('Try it in your browser', 'demo/'),
      link('First steps', 'docs/start.html'),
      link('API', 'modules/mtcnn-wasm.html'),
    )
  })
}

export const TOP_LINKS = { ...TOP, GitHub: REPOSITORY }

/**
 * @param {Application} app
 * @param {readonly Entry[]} entries
 */
export function dress(app, entries) {
  defineRouter(app)
  defineTheme(app)
  nameEverything(app, entries)
  linkFromAnywhere(app)
}
