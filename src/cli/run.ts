import type { ReferenceFace } from '../api/format.ts'
import { drawFaces } from '../bulk/draw.ts'
import { printable } from '../bulk/printable.ts'
import { UsageError } from '../bulk/usage-error.ts'
import { writeWhole } from '../bulk/write.ts'
import { decode } from '../image/node/read.ts'
import type { Pixels } from '../image/pixels.ts'
import type { CreateOptions } from '../options/options.ts'
import { resolveCreateOptions } from '../options/resolve.ts'
import { abortable } from '../shared/abortable.ts'
import { MtcnnError, shortened } from '../shared/errors.ts'
import type { AnyFace } from '../shared/face.ts'
import { type DetectCommand, parseArguments } from './arguments.ts'
import { type BulkEnvironment, runBulk } from './bulk.ts'
import { type Expanded, expandInputs, type Input } from './files.ts'
import { helpText } from './help.ts'
import { type QueueEnvironment, runQueue } from './queue.ts'
import { listJsonReport, type Outcome, type Report, singleJsonReport, tableReport, titleOf } from './report.ts'
import type { Trace } from './table.ts'
import { type FileIdentity, identities, identityOf, planDrawings, readDrawPattern, type Target } from './targets.ts'

interface CallOptions {
  signal: AbortSignal
}

/** The part of a detector the command line uses. */
export interface Detector {
  detectFaces(image: Pixels, options: CallOptions): Promise<AnyFace[]>
  explain(image: Pixels, options: CallOptions & { scores: boolean }): Promise<{ faces: AnyFace[]; trace: Trace }>
  dispose(): void
}

/** The world outside, so that the command runs in a test as well. */
export interface Environment extends Omit<BulkEnvironment & QueueEnvironment, 'say'> {
  /** All of standard input. @throws MtcnnError IMAGE_TOO_LARGE for more than `maxBytes`. */
  stdin(maxBytes: number): Promise<Uint8Array>
  /** Stops the run. `detect` without `--out` gives up what is begun; what is done stays printed. */
  signal: AbortSignal
  version(): Promise<string>
  /** @param workers - In as many worker threads; undefined: as the options say. */
  createDetector(options: CreateOptions, workers: number | undefined): Promise<Detector>
  toReference(faces: readonly AnyFace[]): ReferenceFace[]
}

/** Runs the command line and gives the exit code: 0 done, 1 something failed, 2 wrong usage. */
export async function run(argv: readonly string[], environment: Environment): Promise<number> {
  try {
    if (argv[0] === 'queue') {
      return await runQueue(argv.slice(1), { ...environment, say: (message) => say(environment, message) })
    }
    const command = parseArguments(argv)
    if (command.kind === 'help') environment.stdout(helpText(command.topic))
    else if (command.kind === 'version') environment.stdout(`${await environment.version()}\n`)
    else if (command.kind === 'bulk')
      return await runBulk(command, { ...environment, say: (message) => say(environment, message) })
    else return await new Detection(command, environment).run()
    return 0
  } catch (error) {
    // Whoever stopped the run says why.
    if (environment.signal.aborted) return 1
    say(environment, messageOf(error))
    if (!(error instanceof UsageError)) return 1
    environment.stderr(`Run 'mtcnn-wasm ${argv[0] === 'queue' ? 'queue ' : ''}--help' for the options.\n`)
    return 2
  }
}

/** One run of `mtcnn-wasm detect`. */
class Detection {
  readonly #command: DetectCommand
  readonly #environment: Environment
  #photographs = new Set<FileIdentity>()
  readonly #drawn = new Set<FileIdentity>()

  constructor(command: DetectCommand, environment: Environment) {
    this.#command = command
    this.#environment = environment
  }

  async run(): Promise<number> {
    const { files, options, workers, draw, force, recursive, endings } = this.#command
    const plan = draw === undefined ? undefined : readDrawPattern(draw)
    const expanded = await expandInputs(files, { skip: plan?.folder, recursive, endings })
    const inputs = expanded.filter((entry): entry is Input => 'source' in entry)
    const targets = plan && planDrawings(plan, inputs, force)
    this.#photographs = identities(inputs)
    const report = this.#report(expanded)
    let failed = false
    // Nothing to search: no need for a detector.
    const detector = inputs.length === 0 ? undefined : await this.#environment.createDetector(options, workers)
    const attempt = async (entry: Expanded) => {
      return 'source' in entry ? this.#search(detector!, entry, targets?.get(entry)) : failure(entry)
    }
    try {
      // As many images as there are workers, and one that is decoded meanwhile.
      for await (const outcome of inOrder(expanded, workers === undefined ? 1 : workers + 1, attempt)) {
        // What is not complete is not told.
        this.#environment.signal.throwIfAborted()
        report.add(outcome)
        if (outcome.error === undefined) continue
        failed = true
        say(this.#environment, `${titleOf(outcome.name)}: ${outcome.error}`)
        if (outcome.hopeless) break
      }
    } finally {
      report.end()
      detector?.dispose()
    }
    return failed ? 1 : 0
  }

  /** The form of the output goes by what was typed: one name of a file, or anything that may stand for several. */
  #report(expanded: readonly Expanded[]): Report {
    const { json, files } = this.#command
    const { stdout, toReference } = this.#environment
    if (!json) return tableReport(stdout)
    const [first] = expanded
    const isSingle = files.length === 1 && first !== undefined && 'source' in first && first.name === files[0]
    return isSingle ? singleJsonReport(stdout, toReference) : listJsonReport(stdout, toReference)
  }

  async #search(detector: Detector, input: Input, target: Target | undefined): Promise<Attempt> {
    const outcome: Attempt = { name: input.name }
    const { signal } = this.#environment
    const { explain, scores } = this.#command
    try {
      signal.throwIfAborted()
      const image = await abortable(this.#read(input), signal)
      const { faces, trace } = explain
        ? await detector.explain(image, { signal, scores })
        : { faces: await detector.detectFaces(image, { signal }), trace: undefined }
      outcome.found = { image, faces, trace }
      if (target !== undefined) outcome.drawing = await this.#draw(image, faces, target)
    } catch (error) {
      outcome.error = messageOf(error)
      // Every other file would fail in the same way.
      outcome.hopeless = error instanceof MtcnnError && error.code === 'MISSING_DEPENDENCY'
    }
    return outcome
  }

  async #read({ source }: Input): Promise<Pixels> {
    const { detect } = resolveCreateOptions(this.#command.options)
    return decode(source === '-' ? await this.#environment.stdin(detect.maxBytes) : source, detect)
  }

  async #draw(image: Pixels, faces: readonly AnyFace[], { path, ending }: Target): Promise<string> {
    try {
      const bytes = await drawFaces(image, faces, ending)
      this.#environment.signal.throwIfAborted()
      await writeWhole(path, bytes, () => this.#mayReplace(path))
    } catch (cause) {
      throw new Error(`could not draw '${path}': ${messageOf(cause)}`, { cause })
    }
    const id = identityOf(path)
    if (id !== undefined) this.#drawn.add(id)
    return path
  }

  /** Once more, right before it would happen: what lies there may have come after the plan was made. */
  #mayReplace(path: string): void {
    const id = identityOf(path)
    if (id !== undefined && this.#photographs.has(id)) throw new Error('it is a photograph that is searched')
    if (id !== undefined && this.#drawn.has(id)) throw new Error('it is the drawing of another photograph')
    if (!this.#command.force) throw new Error('it exists already; with --force it is overwritten')
  }
}

interface Attempt extends Outcome {
  /** What failed will fail for every file. */
  hopeless?: boolean
}

function failure({ name, problem }: { name: string; problem: string }): Attempt {
  return { name, error: problem }
}

/**
 * Does a task for each item, some of them ahead, and gives the results in the order of the items. However it is left, all that was
 * begun has ended.
 */
async function* inOrder<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  task: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const begun: Promise<Result>[] = []
  const rest = items.values()
  const begin = () => {
    const { done, value } = rest.next()
    if (!done) begun.push(task(value))
  }
  for (let count = 0; count < atOnce; count++) begin()
  try {
    for (let next = begun.shift(); next !== undefined; next = begun.shift()) {
      const result = await next
      begin()
      yield result
    }
  } finally {
    await Promise.allSettled(begun)
  }
}

/** One line on standard error, and not a long one, whatever is in the message. */
function say({ stderr }: Environment, message: string): void {
  stderr(`mtcnn-wasm: ${shortened(printable(message), 1000)}\n`)
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const isMistake = ['TypeError', 'RangeError', 'ReferenceError', 'RuntimeError'].includes(error.name)
  return isMistake && !('code' in error)
    ? `${error.name}: ${error.message} (a mistake of mtcnn-wasm: please report it)`
    : error.message
}
