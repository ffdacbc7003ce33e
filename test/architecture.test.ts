import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

const src = fileURLToPath(new URL('../src', import.meta.url))
const test = fileURLToPath(new URL('.', import.meta.url))

/** The folders of src from the ground up: a file imports from its own folder and from those before it, never from later ones. */
const FLOORS = [
  'shared',
  'options',
  'assets',
  'image',
  'wasm',
  'cascade',
  'tracking',
  'faces',
  'workers',
  'api',
  'draw',
  'entries',
  'bulk',
  'queue',
  'cli',
] as const

/** The files that lie in src itself: what is imported from outside, and what workers and the command line start. */
const ENTRIES = [
  'draw',
  'index',
  'index.node',
  'index.workerd',
  'index.edge',
  'slim',
  'slim.node',
  'worker',
  'worker.node',
  'cli',
  'cli-worker',
]

/** What a file may know of where it runs, by its name: `image/browser/read`, `workers/spawn.node`, `cli/run`. */
function placeOf(name: string): 'browser' | 'node' | 'anywhere' {
  const parts = name.split(/[/.]/)
  if (parts.includes('node') || ['bulk', 'queue', 'cli'].includes(parts[0]!)) return 'node'
  return parts.includes('browser') || ENTRIES.includes(name) ? 'browser' : 'anywhere'
}

/** Names that exist in browsers only or in Node only. */
const PLATFORM_NAMES =
  /^(document|window|self|navigator|location|Worker|process|Buffer|require|setImmediate|ImageData|ImageBitmap|createImageBitmap|OffscreenCanvas|VideoFrame|FileReader|HTML\w+|SVG\w+|Canvas\w+)$/

/** Scripts, which are there to do something when they are loaded. */
const SCRIPTS = ['cli', 'cli-worker', 'worker', 'worker.node']

interface Source {
  name: string
  tree: ts.SourceFile
  /** Names of the files of src it imports, for values, types or later. */
  imports: string[]
  /** Everything else it imports. */
  packages: string[]
}

const nameOf = (file: string) => relative(src, file).replaceAll('\\', '/').replace(/\.ts$/, '')

function read(file: string): Source {
  const tree = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true)
  const imports: string[] = []
  const packages: string[] = []
  const visit = (node: ts.Node): void => {
    const isImport = ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
    const isCall = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
    const specifier = isImport ? node.moduleSpecifier : isCall ? node.arguments[0] : undefined
    if (specifier && ts.isStringLiteral(specifier)) {
      const target = resolve(dirname(file), specifier.text)
      if (specifier.text.startsWith('.') && target.startsWith(src)) imports.push(nameOf(target))
      else packages.push(specifier.text)
    }
    ts.forEachChild(node, visit)
  }
  visit(tree)
  return { name: nameOf(file), tree, imports, packages }
}

const sources = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
  .map((file) => read(join(src, file)))

/** Names used as such: not those of properties, nor in comments. */
function names({ tree }: Source): Set<string> {
  const found = new Set<string>()
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) {
      const { parent } = node
      const property =
        (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
        ((ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent) || ts.isMethodDeclaration(parent)) &&
          parent.name === node)
      if (!property) found.add(node.text)
    }
    ts.forEachChild(node, visit)
  }
  visit(tree)
  return found
}

/** Which floor a file stands on; -1 for a folder or an entry that has no place yet. */
function floorOf(name: string): number {
  const folder = name.includes('/') ? name.slice(0, name.indexOf('/')) : ENTRIES.includes(name) ? 'entries' : name
  return (FLOORS as readonly string[]).indexOf(name.startsWith('cli') && ENTRIES.includes(name) ? 'cli' : folder)
}

describe('the floors', () => {
  it('every file stands on one, and every one has files', () => {
    expect(sources.map(({ name }) => name).filter((name) => floorOf(name) < 0)).toEqual([])
    const used = new Set(sources.map(({ name }) => floorOf(name)))
    expect([...used].sort((a, b) => a - b)).toEqual([...FLOORS.keys()])
    expect(ENTRIES.filter((entry) => !sources.some(({ name }) => name === entry))).toEqual([])
  })

  it('nothing imports from a floor above its own', () => {
    const wrong = sources.flatMap(({ name, imports }) => {
      return imports.filter((other) => floorOf(other) > floorOf(name)).map((other) => `${name} imports ${other}`)
    })
    expect(wrong).toEqual([])
  })

  it('no circle', () => {
    const done = new Set<string>()
    const walk = (name: string, path: readonly string[]): void => {
      if (path.includes(name)) throw new Error(`a circle: ${[...path, name].join(' -> ')}`)
      if (done.has(name)) return
      for (const other of sources.find((source) => source.name === name)?.imports ?? []) walk(other, [...path, name])
      done.add(name)
    }
    for (const { name } of sources) walk(name, [])
    expect(done.size).toBeGreaterThanOrEqual(sources.length)
  })
})

describe('browser or Node', () => {
  it('only files that say so in their name know which of the two it is', () => {
    const wrong = sources
      .filter(({ name }) => placeOf(name) === 'anywhere')
      .flatMap((source) => {
        const used = [...names(source)].filter((used) => PLATFORM_NAMES.test(used))
        const imported = source.packages.filter((specifier) => !specifier.startsWith('.'))
        return [...used, ...imported].map((what) => `${source.name}: ${what}`)
      })
    expect(wrong).toEqual([])
  })

  it('the entries for browsers reach nothing of Node', () => {
    const reached = new Set<string>()
    const walk = (name: string): void => {
      if (reached.has(name)) return
      reached.add(name)
      for (const other of sources.find((source) => source.name === name)?.imports ?? []) walk(other)
    }
    for (const entry of ['index', 'slim', 'worker']) walk(entry)
    expect([...reached].filter((name) => placeOf(name) === 'node')).toEqual([])
    const packages = sources.filter(({ name }) => reached.has(name)).flatMap(({ packages }) => packages)
    expect(packages.filter((specifier) => !specifier.startsWith('.'))).toEqual([])
    expect(reached).toContain('wasm/core')
  })
})

/**
 * Files with behaviour, or folders of such, that no test of their folder imports: each with a test that runs it through the file it
 * is a part of.
 */
const TESTED_THROUGH: Record<string, string> = {
  // What a worker is made of, and what a pool is.
  'bulk/child': 'bulk/pool.test.ts',
  'bulk/picture': 'bulk/worker.test.ts',
  'bulk/pictures': 'bulk/worker.test.ts',
  'bulk/task': 'bulk/worker.test.ts',
  'bulk/usage-error': 'bulk/pattern.test.ts',
  'bulk/walk': 'bulk/names.test.ts',
  // The parts of a command line.
  'cli/bulk-flags': 'cli/arguments.test.ts',
  'cli/flag': 'cli/arguments.test.ts',
  'cli/values': 'cli/arguments.test.ts',
  // What is handed on by the entries: through them, as users have it.
  'faces/check-faces': 'api/format.test.ts',
  'api/anonymise.browser': 'browser/faces.test.ts',
  'api/anonymise.node': 'api/anonymise.test.ts',
  'api/detector': 'api/calls.test.ts',
  'api/detector.browser': 'browser/stream.test.ts',
  'api/detector.node': 'api/calls.test.ts',
  'api/platform.browser': 'browser/inputs.test.ts',
  'api/platform.edge.browser': 'api/workerd.test.ts',
  'api/display': 'api/scale.test.ts',
  'api/run': 'api/calls.test.ts',
  'api/track': 'api/track.test.ts',
  'api/tracker': 'api/tracker.test.ts',
  'cascade/answer': 'cascade/search.test.ts',
  'cascade/look': 'cascade/follow.test.ts',
  'cascade/part': 'cascade/follow.test.ts',
  'cascade/search-slice': 'cascade/follow.test.ts',
  'api/layout': 'api/scale.test.ts',
  // Takes elements and videos of a real browser.
  'image/browser/': 'browser/inputs.test.ts',
  'image/node/stream': 'image/node/read.test.ts',
  'options/reading': 'options/crop.test.ts',
  'options/rules': 'options/options.test.ts',
  // What a queue is made of.
  'queue/connection': 'queue/work.test.ts',
  'queue/packages': 'queue/work.test.ts',
  'queue/queue-error': 'queue/server.test.ts',
  'queue/root': 'queue/work.test.ts',
  'queue/scripts': 'queue/search-batch.test.ts',
  'shared/turn': 'cascade/turns.test.ts',
  'shared/while-wanted': 'api/create.test.ts',
  // What a schedule is made of.
  'tracking/track': 'tracking/tracks.test.ts',
  'workers/job': 'workers/schedule.test.ts',
  'workers/slot': 'workers/schedule.test.ts',
}

/**
 * Where the tests of a file are: in the folder of the same name; for what only browsers have, also in those that run there; and
 * for the near side of the kernels, also beside those of the kernels.
 */
function testFoldersOf({ name }: Source): string[] {
  const own = `${dirname(name)}/`
  if (placeOf(name) === 'browser') return [own, 'browser/']
  return own === 'wasm/' ? [own, 'kernels/'] : [own]
}

/** Whether there is anything to run in it, beyond types and what it hands on from other files. */
function hasBehaviour({ tree }: Source): boolean {
  return tree.statements.some((statement) => {
    if (ts.isVariableStatement(statement))
      return !statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.DeclareKeyword)
    return ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)
  })
}

describe('tests', () => {
  const tests = readdirSync(test, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.ts') && !/(^|\/)(node_modules|build)\//.test(file))
    .map((file) => ({ file, imports: read(join(test, file)).imports }))

  function reaches(name: string, target: string, seen = new Set<string>()): boolean {
    if (name === target) return true
    if (seen.has(name)) return false
    seen.add(name)
    return (sources.find((source) => source.name === name)?.imports ?? []).some((other) => reaches(other, target, seen))
  }

  it('every file with behaviour is imported by a test of its folder, or runs in one that is named', () => {
    const untested = sources
      .filter((source) => source.name.includes('/') && hasBehaviour(source))
      .filter((source) => {
        const folders = testFoldersOf(source)
        return !tests.some(({ file, imports }) => {
          return imports.includes(source.name) && folders.some((folder) => file.startsWith(folder))
        })
      })
      .filter(({ name }) => {
        const [, through] =
          Object.entries(TESTED_THROUGH).find(([key]) => key === name || (key.endsWith('/') && name.startsWith(key))) ??
          []
        const found = tests.find(({ file }) => file === through)
        return !found?.imports.some((imported) => reaches(imported, name))
      })
      .map(({ name }) => name)
    expect(untested).toEqual([])
  })

  it('nothing is named that is not there', () => {
    const names = Object.keys(TESTED_THROUGH)
    expect(names.filter((key) => !sources.some(({ name }) => name === key || name.startsWith(key)))).toEqual([])
  })
})

describe('manners', () => {
  it('the library prints nothing', () => {
    expect(sources.filter((source) => names(source).has('console')).map(({ name }) => name)).toEqual([])
  })

  it('importing a module does nothing', () => {
    const wrong = sources
      .filter(({ name }) => !SCRIPTS.includes(name))
      .flatMap(({ name, tree }) => {
        return tree.statements
          .filter((statement) => !harmless(statement))
          .map((statement) => `${name}: ${statement.getText().slice(0, 80)}`)
      })
    expect(wrong).toEqual([])
  })

  it('the test of that can fail', () => {
    const first = (text: string) => ts.createSourceFile('x.ts', text, ts.ScriptTarget.Latest, true).statements[0]!
    for (const text of [
      'start()',
      'const a = start()',
      'let b = new Map([[1, start()]])',
      'x.y = 1',
      'await 1',
      'if (a) b()',
    ]) {
      expect(harmless(first(text)), text).toBe(false)
    }
    for (const text of [
      'const a = 1',
      'const a = /* @__PURE__ */ start()',
      'const f = () => start()',
      'class A { x = f() }',
    ]) {
      expect(harmless(first(text)), text).toBe(true)
    }
  })
})

/** A statement that only declares something. */
function harmless(statement: ts.Statement): boolean {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.every(({ initializer }) => !initializer || pure(initializer))
  }
  if (ts.isClassDeclaration(statement)) return statement.members.every(harmlessMember)
  return (
    ts.isImportDeclaration(statement) ||
    ts.isExportDeclaration(statement) ||
    ts.isFunctionDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement)
  )
}

function harmlessMember(member: ts.ClassElement): boolean {
  if (ts.isClassStaticBlockDeclaration(member)) return false
  if (!ts.isPropertyDeclaration(member) || !member.initializer) return true
  const isStatic = member.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword)
  return !isStatic || pure(member.initializer)
}

/** An expression that a bundler may leave out when its value is not used: calls only where they are marked. */
function pure(node: ts.Node): boolean {
  if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
    return isMarked(node) || (ts.isIdentifier(node.expression) && LOCAL_MAKERS.has(node.expression.text))
  }
  if (ts.isArrowFunction(node) || ts.isFunctionExpression(node) || ts.isMethodDeclaration(node)) return true
  if (ts.isAwaitExpression(node) || ts.isPostfixUnaryExpression(node) || ts.isDeleteExpression(node)) return false
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken) return false
  let all = true
  ts.forEachChild(node, (child) => {
    if (!pure(child)) all = false
  })
  return all
}

/** Functions that make rules of options out of numbers and names; they touch nothing. */
const LOCAL_MAKERS = new Set(['number', 'whole', 'oneOf', 'group', 'colour'])

function isMarked(node: ts.Node): boolean {
  return node.getFullText().slice(0, node.getLeadingTriviaWidth()).includes('@__PURE__')
}
