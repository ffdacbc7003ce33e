import { fileKind } from '../image/file-kind.ts'
import { nameOfBytes } from './name-text.ts'
import { UsageError } from './usage-error.ts'

/** Longer than any path of any system. */
const LONGEST_NAME = 1 << 16

/**
 * Gives the names in a stream of bytes, one by one: one a line, or, with `nul`, each ended by a NUL character, as `find -print0`
 * writes them. Empty lines are left out.
 *
 * @throws UsageError for what is no list of names.
 */
export async function* namesIn(
  input: AsyncIterable<Uint8Array>,
  { nul }: { nul: boolean },
): AsyncGenerator<string, void, undefined> {
  const separator = nul ? 0 : 10
  let rest: Buffer = Buffer.alloc(0)
  let isFirst = true
  for await (const chunk of input) {
    if (isFirst && !nul) refuseOthers(chunk)
    isFirst = false
    rest = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk])
    let from = 0
    for (let end = rest.indexOf(separator); end >= 0; end = rest.indexOf(separator, from)) {
      yield* nameIn(rest.subarray(from, end), nul)
      from = end + 1
    }
    rest = rest.subarray(from)
    if (rest.length > LONGEST_NAME)
      throw new UsageError('standard input is no list of names: one has over 65,536 bytes')
  }
  yield* nameIn(rest, nul)
}

function* nameIn(bytes: Buffer, nul: boolean): Generator<string, void, undefined> {
  // Lists made on Windows end their lines with CR and LF.
  const end = !nul && bytes.at(-1) === 13 ? bytes.length - 1 : bytes.length
  if (end > 0) yield nameOfBytes(bytes.subarray(0, end))
}

function refuseOthers(chunk: Uint8Array): void {
  if (!chunk.includes(0)) return
  const kind = fileKind(chunk)
  throw new UsageError(
    kind === undefined
      ? "the names on standard input have NUL characters between them: give '-0'"
      : `standard input is ${kind.name}: here it is a list of names, one a line`,
  )
}
