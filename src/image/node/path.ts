import { constants, open as openDescriptor } from 'node:fs'
import { type FileHandle, open, readFile, stat } from 'node:fs/promises'
import { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { MtcnnError, shortened } from '../../shared/errors.ts'
import { checkByteCount, tooManyBytes } from '../limits.ts'
import type { ReadOptions } from '../pixels.ts'
import { reasonOf } from './decode.ts'
import { readParts } from './stream.ts'

type PathOptions = Pick<ReadOptions, 'signal' | 'maxBytes'>

/** Longer than any system takes; such text would fill the error of the system as well. */
const LONGEST_PATH = process.platform === 'win32' ? 32_767 : 4_096

/** Bytes asked for at once: the signal is looked at between two reads. */
const READ_BYTES = 1 << 24

/** Does not wait for a pipe's other end; of no effect on files, and unknown on Windows. */
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

/** The path behind a `file:` URL. */
export function pathOf(url: string): string {
  try {
    return fileURLToPath(url)
  } catch (cause) {
    const why = shortened(reasonOf(cause))
    throw new MtcnnError('UNSUPPORTED_IMAGE', `not a usable file: URL: '${shortened(url)}' (${why})`, { cause })
  }
}

/**
 * Reads a file, or a pipe to its end. Folders, devices and sockets are refused: a device may never end, or do something when it is
 * opened.
 *
 * @param path - As bytes where it is no UTF-8.
 * @returns Bytes that nobody else uses.
 * @throws MtcnnError DECODE_FAILED for what cannot be read, IMAGE_TOO_LARGE; the reason of the signal.
 */
export async function readPath(path: string | Buffer, options: PathOptions): Promise<Uint8Array> {
  const name = `'${shortened(String(path), 200)}'`
  const failed = (why: string, cause?: unknown) =>
    new MtcnnError('DECODE_FAILED', `could not read ${name}: ${why}`, { cause })
  if (path.length === 0) throw failed('the path is empty')
  if (path.length > LONGEST_PATH) throw failed(`no path has ${path.length} characters`)
  if (path.includes('\0')) throw failed('no path has a NUL character')
  try {
    const stats = await stat(path)
    if (stats.isFIFO()) return await readPipe(path, name, options)
    if (stats.isDirectory()) await readFile(path).catch((cause) => Promise.reject(failed('it is a folder', cause)))
    if (!stats.isFile()) throw failed(`it is ${stats.isSocket() ? 'a socket' : 'a device'}, not a file or a pipe`)
    checkByteCount(stats.size, options.maxBytes, name)
    const handle = await open(path, OPEN_FLAGS)
    try {
      return await readHandle(handle, stats.size, name, options)
    } finally {
      await handle.close()
    }
  } catch (cause) {
    if (cause instanceof MtcnnError || options.signal?.aborted) throw cause
    throw failed(shortened(reasonOf(cause), 300), cause)
  }
}

/** To its end, and not to the size it was said to have: that is 0 for files of the system, and may change while it is read. */
async function readHandle(
  handle: FileHandle,
  size: number,
  name: string,
  { signal, maxBytes }: PathOptions,
): Promise<Uint8Array> {
  // One more, so that the end is met without more room.
  let bytes = Buffer.allocUnsafeSlow(size > 0 ? size + 1 : 1 << 16)
  let length = 0
  for (;;) {
    signal?.throwIfAborted()
    const { bytesRead } = await handle.read(bytes, length, Math.min(bytes.length - length, READ_BYTES), null)
    if (bytesRead === 0) return bytes.subarray(0, length)
    length += bytesRead
    if (length > maxBytes) throw tooManyBytes(`${name} has more than ${maxBytes} bytes`, maxBytes)
    if (length === bytes.length) bytes = Buffer.concat([bytes], length * 2)
  }
}

/**
 * Opening or reading a pipe as a file would hold one of Node's few threads for file access until somebody writes, and no signal
 * would free it; as a socket it holds none.
 */
async function readPipe(path: string | Buffer, name: string, options: PathOptions): Promise<Uint8Array> {
  const fd = await promisify(openDescriptor)(path, OPEN_FLAGS)
  const pipe = new Socket({ fd, readable: true, writable: false })
  try {
    return await readParts(pipe, name, options)
  } finally {
    pipe.destroy()
  }
}
