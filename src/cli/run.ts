import { readFile } from 'node:fs/promises'
import type { ReferenceFace } from '../api/format.ts'
import { decode } from '../image/node/read.ts'
import type { Pixels } from '../image/pixels.ts'
import type { CreateOptions } from '../options/options.ts'
import { MtcnnError } from '../shared/errors.ts'
import type { Face } from '../shared/face.ts'
import { type DetectCommand, helpText, parseArguments, UsageError } from './arguments.ts'
import { drawFaces, planDrawings } from './draw.ts'
import { expandFiles } from './files.ts'
import { facesTable, type Trace, traceTable } from './table.ts'

/** The part of a detector the command line uses. */
export interface Detector {
  detectFaces(image: Pixels): Promise<Face[]>
  explain(image: Pixels): Promise<{ faces: Face[]; trace: Trace }>
  dispose(): void
}

/** The world outside, so that the command runs in a test as well. */
export interface Environment {
  stdout(text: string): void
  stderr(text: string): void
  version(): Promise<string>
  createDetector(options: CreateOptions): Promise<Detector>
  toReference(faces: readonly Face[]): ReferenceFace[]
}

interface Result {
  image: Pixels
  faces: Face[]
  trace: Trace | undefined
}

/** Runs the command line and gives the exit code: 0 done, 1 something failed, 2 wrong usage. */
export async function run(argv: readonly string[], environment: Environment): Promise<number> {
  try {
    const command = parseArguments(argv)
    if (command.kind === 'help') environment.stdout(helpText())
    else if (command.kind === 'version') environment.stdout(`${await environment.version()}\n`)
    else return await detect(command, environment)
    return 0
  } catch (error) {
    environment.stderr(`mtcnn-wasm: ${messageOf(error)}\n`)
    if (!(error instanceof UsageError)) return 1
    environment.stderr("Run 'mtcnn-wasm --help' for the options.\n")
    return 2
  }
}

async function detect(command: DetectCommand, environment: Environment): Promise<number> {
  const { files, unmatched } = await expandFiles(command.files)
  for (const pattern of unmatched) environment.stderr(`mtcnn-wasm: no file matches '${pattern}'\n`)
  if (files.length === 0) return 1
  const targets = command.draw === undefined ? undefined : planDrawings(command.draw, files)
  const weights = command.weights === undefined ? undefined : await readWeights(command.weights)
  const detector = await environment.createDetector({ ...command.options, ...(weights && { weights }) })
  let failed = unmatched.length > 0
  const report = command.json ? jsonReport(files.length, environment) : tableReport(environment)
  try {
    for (const file of files) {
      try {
        const result = await search(detector, file, command.explain)
        report.done(file, result)
        const target = targets?.get(file)
        if (target === undefined) continue
        await drawFaces(result.image, result.faces, target).catch((cause: unknown) => {
          throw new Error(`could not draw '${target}': ${messageOf(cause)}`, { cause })
        })
        report.drawn(target)
      } catch (error) {
        failed = true
        const message = messageOf(error)
        environment.stderr(`mtcnn-wasm: ${file}: ${message}\n`)
        report.failed(file, message)
        // Every other file would fail in the same way.
        if (error instanceof MtcnnError && error.code === 'MISSING_DEPENDENCY') break
      }
    }
  } finally {
    report.end()
    detector.dispose()
  }
  return failed ? 1 : 0
}

async function search(detector: Detector, file: string, explain: boolean): Promise<Result> {
  const image = await decode(file)
  if (explain) return { image, ...(await detector.explain(image)) }
  return { image, faces: await detector.detectFaces(image), trace: undefined }
}

async function readWeights(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path)
  } catch (cause) {
    throw new MtcnnError('INVALID_WEIGHTS', `could not read '${path}': ${messageOf(cause)}`, { cause })
  }
}

interface Report {
  done(file: string, result: Result): void
  drawn(target: string): void
  failed(file: string, message: string): void
  end(): void
}

function tableReport({ stdout }: Environment): Report {
  let separator = ''
  return {
    done(file, { image, faces, trace }) {
      stdout(`${separator}${facesTable(file, image, faces)}\n`)
      if (trace !== undefined) stdout(`\n${traceTable(trace)}\n`)
      separator = '\n'
    },
    drawn: (target) => stdout(`  drawn to ${target}\n`),
    failed: () => {},
    end: () => {},
  }
}

/** One face, or one file, a line: whole documents for programs that search by line too. */
function jsonReport(fileCount: number, { stdout, toReference }: Environment): Report {
  const list = (items: readonly unknown[]) =>
    items.length === 0 ? '[]' : `[\n${items.map((item) => `  ${JSON.stringify(item)}`).join(',\n')}\n]`
  if (fileCount === 1) {
    return {
      done(_file, { faces, trace }) {
        const reference = toReference(faces)
        stdout(`${trace === undefined ? list(reference) : JSON.stringify({ faces: reference, trace })}\n`)
      },
      drawn: () => {},
      failed: () => {},
      end: () => {},
    }
  }
  let separator = '[\n  '
  const reported = new Set<string>()
  const add = (file: string, entry: object) => {
    // A file that was searched but could not be drawn already has its faces in the list.
    if (reported.has(file)) return
    reported.add(file)
    stdout(separator + JSON.stringify({ file, ...entry }))
    separator = ',\n  '
  }
  return {
    done: (file, { faces, trace }) => add(file, { faces: toReference(faces), ...(trace && { trace }) }),
    drawn: () => {},
    failed: (file, message) => add(file, { error: message }),
    end: () => stdout('\n]\n'),
  }
}

/** The message where one was written for people, the whole stack where the error is our own mistake. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const isMistake = ['TypeError', 'RangeError', 'ReferenceError', 'RuntimeError'].includes(error.name)
  return isMistake && !('code' in error) ? (error.stack ?? error.message) : error.message
}
