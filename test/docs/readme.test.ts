import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
  .replace(/[/\\]$/, '')
  .replaceAll('\\', '/')

/** What TypeScript says of a file with this text, as a strict project of a browser that imports the library. */
function complaints(text: string): string[] {
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    lib: [
      'lib.es2022.d.ts',
      'lib.esnext.disposable.d.ts',
      'lib.dom.d.ts',
      'lib.dom.iterable.d.ts',
      'lib.dom.asynciterable.d.ts',
    ],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    allowImportingTsExtensions: true,
    types: [],
    paths: { 'mtcnn-wasm': [`${root}/src/index.ts`] },
  }
  const name = `${root}/example.ts`
  const host = ts.createCompilerHost(options)
  const { fileExists, getSourceFile } = host
  host.fileExists = (file) => file === name || fileExists(file)
  host.getSourceFile = (file, ...rest) =>
    file === name ? ts.createSourceFile(file, text, ts.ScriptTarget.ES2022) : getSourceFile(file, ...rest)
  const program = ts.createProgram([name, `${root}/src/modules.d.ts`], options, host)
  const file = program.getSourceFile(name)
  return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(({ messageText }) =>
    ts.flattenDiagnosticMessageText(messageText, '\n'),
  )
}

it("the README's first example compiles under strict", () => {
  const readme = readFileSync(`${root}/README.md`, 'utf8')
  const [, example] = /```(?:js|ts)\n(import \{ MTCNN \} from 'mtcnn-wasm'\n.*?)```/s.exec(readme)!
  expect(example).toContain('keypoints.')
  expect(complaints(example!)).toEqual([])
  // The test of that can fail.
  expect(complaints(example!.replace('keypoints.', 'landmarks.'))).not.toEqual([])
})
