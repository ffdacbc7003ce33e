import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

const src = fileURLToPath(new URL('../src', import.meta.url))

/**
 * What may import what, from the ground up: a file imports from its own row and those above, never from below. A new
 * file needs a place here; a name that ends in / is a folder.
 */
const LAYERS = [
  ['errors', 'face', 'suggest', 'base64', 'printable', 'crc32', 'trace', 'abi', 'patch-nets', 'next-task', 'on-abort'],
  ['options', 'image', 'weights', 'pyramid', 'taps', 'scale', 'kernels'],
  ['format', 'candidates', 'stream', 'levels'],
  ['core'],
  ['stages/'],
  ['cascade'],
  ['engine', 'protocol', 'shipped'],
  ['worker-engine', 'worker-host', 'schedule'],
  ['platform/', 'start'],
  ['mtcnn'],
  ['public'],
  ['index', 'index.node', 'index.workerd', 'slim', 'slim.node', 'worker', 'worker.node'],
  ['cli/'],
  ['cli'],
]

/** Leaves: they import nothing at all. */
const LEAVES = LAYERS[0]!

/** Who may speak of WebAssembly: the core that runs it and those who hand the module through. */
const WASM = ['abi', 'core', 'kernels', 'engine', 'protocol', 'worker-host', 'worker-engine', 'start']

/** Who may know whether this is a browser or Node. */
const PLATFORM = [
  'platform/',
  'index',
  'index.node',
  'index.workerd',
  'slim',
  'slim.node',
  'worker',
  'worker.node',
  'cli/',
  'cli',
]

/** Names that exist in browsers only or in Node only. */
const PLATFORM_NAMES =
  /^(document|window|self|navigator|location|Worker|process|Buffer|require|setImmediate|ImageData|ImageBitmap|createImageBitmap|OffscreenCanvas|VideoFrame|FileReader|HTML\w+|SVG\w+|Canvas\w+)$/

/** Scripts, which are there to do something when they are loaded. */
const SCRIPTS = ['cli', 'worker', 'worker.node']

const within = (name: string, names: readonly string[]) => {
  return names.some((other) => (other.endsWith('/') ? name.startsWith(other) : name === other))
}

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

describe('the order of the parts', () => {
  const layerOf = (name: string) => LAYERS.findIndex((layer) => within(name, layer))

  it('every file has a place in it, and every place a file', () => {
    expect(sources.map(({ name }) => name).filter((name) => layerOf(name) < 0)).toEqual([])
    const empty = LAYERS.flat().filter((place) => !sources.some(({ name }) => within(name, [place])))
    expect(empty).toEqual([])
  })

  it('nothing imports from further up', () => {
    const wrong = sources.flatMap(({ name, imports }) => {
      return imports.filter((other) => layerOf(other) > layerOf(name)).map((other) => `${name} imports ${other}`)
    })
    expect(wrong).toEqual([])
  })

  it('leaves import nothing', () => {
    const wrong = sources.filter(({ name, imports, packages }) => {
      return LEAVES.includes(name) && imports.length + packages.length > 0
    })
    expect(wrong.map(({ name }) => name)).toEqual([])
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

describe('who knows what', () => {
  it('WebAssembly: the core and those who hand the module through', () => {
    const users = sources.filter((source) => names(source).has('WebAssembly')).map(({ name }) => name)
    expect(users.filter((name) => !WASM.includes(name))).toEqual([])
    expect(users).toContain('core')
  })

  it('browser or Node: the platform, the entries and the command line', () => {
    const wrong = sources
      .filter(({ name }) => !within(name, PLATFORM))
      .flatMap((source) => {
        const used = [...names(source)].filter((used) => PLATFORM_NAMES.test(used))
        const imported = source.packages.filter((specifier) => !specifier.startsWith('.'))
        return [...used, ...imported].map((what) => `${source.name}: ${what}`)
      })
    expect(wrong).toEqual([])
  })

  it('the browser entry reaches no module of Node', () => {
    const reached = new Set<string>()
    const walk = (name: string): void => {
      if (reached.has(name)) return
      reached.add(name)
      for (const other of sources.find((source) => source.name === name)?.imports ?? []) walk(other)
    }
    walk('index')
    walk('slim')
    walk('worker')
    const packages = sources.filter(({ name }) => reached.has(name)).flatMap(({ packages }) => packages)
    expect(packages.filter((specifier) => !specifier.startsWith('.'))).toEqual([])
    expect(reached).toContain('core')
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
const LOCAL_MAKERS = new Set(['number', 'whole', 'oneOf', 'group'])

function isMarked(node: ts.Node): boolean {
  return node.getFullText().slice(0, node.getLeadingTriviaWidth()).includes('@__PURE__')
}
