import ts from 'typescript'
import { root } from '../../../docs/tools/pages.mjs'
import { BROWSER_PRELUDE, BUNDLER_MODULES, NODE_PRELUDE } from './prelude.ts'

/** Where a block runs. */
export type Place = 'node' | 'browser'

/** A block of code as a file of its own: `name` ends in .js, .cjs or .ts. */
export interface Source {
  name: string
  text: string
}

const slashed = root.replaceAll('\\', '/')

/** JavaScript says no types: a parameter without one is fine there. */
const UNTYPED = [7005, 7006, 7018, 7019, 7031, 7034]

const declared = (types: Record<string, string>) =>
  `export {}\ndeclare global {\n${Object.entries(types)
    .map(([name, type]) => `  const ${name}: ${type}\n`)
    .join('')}}\n`

const PLACES: Record<Place, { options: ts.CompilerOptions; globals: string }> = {
  node: {
    options: { lib: ['lib.es2022.d.ts', 'lib.esnext.disposable.d.ts'], types: ['node'], customConditions: ['node'] },
    globals: declared(Object.fromEntries(Object.entries(NODE_PRELUDE).map(([name, { type }]) => [name, type]))),
  },
  browser: {
    options: {
      lib: [
        'lib.es2022.d.ts',
        'lib.esnext.disposable.d.ts',
        'lib.dom.d.ts',
        'lib.dom.iterable.d.ts',
        'lib.dom.asynciterable.d.ts',
      ],
      types: [],
    },
    globals: declared(BROWSER_PRELUDE),
  },
}

/**
 * What TypeScript says of each of these blocks, compiled under `strict` against the declarations that the package ships.
 *
 * @returns For each block its errors, `[]` where it compiles.
 */
export function compile(sources: readonly Source[], place: Place): string[][] {
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    allowJs: true,
    checkJs: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    ...PLACES[place].options,
  }
  const path = (name: string) => `${slashed}/.code/${name}`
  const texts = new Map(
    // A module each: what one declares is not known to others.
    sources.map(({ name, text }) => [path(name), name.endsWith('.cjs') ? text : `${text}\nexport {}\n`]),
  )
  texts.set(path('globals.d.ts'), PLACES[place].globals)
  if (place === 'browser') texts.set(path('modules.d.ts'), BUNDLER_MODULES)
  const host = ts.createCompilerHost(options)
  const { fileExists, readFile, getSourceFile } = host
  host.getCurrentDirectory = () => slashed
  host.fileExists = (file) => texts.has(file) || fileExists(file)
  host.readFile = (file) => texts.get(file) ?? readFile(file)
  host.getSourceFile = (file, ...rest) => {
    const text = texts.get(file)
    return text === undefined ? getSourceFile(file, ...rest) : ts.createSourceFile(file, text, ts.ScriptTarget.ES2022)
  }
  const program = ts.createProgram([...texts.keys()], options, host)
  return sources.map(({ name }) => {
    const file = program.getSourceFile(path(name))
    const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]
    const counted = found.filter(({ code }) => name.endsWith('.ts') || !UNTYPED.includes(code))
    return counted.map(({ messageText, start = 0 }) => {
      const line = (file?.getLineAndCharacterOfPosition(start).line ?? 0) + 1
      return `line ${line}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`
    })
  })
}
