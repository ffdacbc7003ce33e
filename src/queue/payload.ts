import { promisify } from 'node:util'
import { deflateRaw, inflateRaw } from 'node:zlib'

/** The result of a job. */
export interface Result {
  lines: string[]
  /** Whether every image of the job is among them; those that are not have jobs of their own. */
  isWhole: boolean
}

const WHOLE = 1
const PART = 0

/** A result as it lies in Redis: compressed, since Redis keeps all in memory. */
export async function packResult({ lines, isWhole }: Result): Promise<Buffer> {
  return Buffer.concat([Buffer.of(isWhole ? WHOLE : PART), await promisify(deflateRaw)(lines.join('\n'))])
}

/** @throws where the bytes are no result. */
export async function unpackResult(bytes: Buffer): Promise<Result> {
  const text = (await promisify(inflateRaw)(bytes.subarray(1))).toString()
  return { lines: text === '' ? [] : text.split('\n'), isWhole: bytes[0] === WHOLE }
}
