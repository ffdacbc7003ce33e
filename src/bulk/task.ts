import { checkByteCount } from '../image/limits.ts'
import { decodeFile, reasonOf } from '../image/node/decode.ts'
import { readPath } from '../image/node/path.ts'
import { readBytes } from '../image/node/read.ts'
import type { MTCNN } from '../index.node.ts'
import type { ResolvedOptions } from '../options/options.ts'
import { MtcnnError, shortened } from '../shared/errors.ts'
import type { Stages } from '../shared/face.ts'
import { foundLine } from './line.ts'
import { pathOfName } from './name-text.ts'
import { type Found, writeCopy, writeCrops, writeDrawing } from './pictures.ts'
import type { Answer, Job, Task } from './protocol.ts'
import { ADDRESS } from './tree.ts'

/** How image files are read. */
export type Reading = Pick<ResolvedOptions, 'strict' | 'maxPixels' | 'maxBytes'>

/**
 * Does what is to be done with one image.
 *
 * @throws MtcnnError, WriteError for this image; HopelessError for all.
 */
export async function performTask(
  detector: Pick<MTCNN<Stages>, 'detectFaces' | 'cropFaces'>,
  job: Job,
  task: Task,
  reading: Reading,
): Promise<Answer> {
  const { name } = job
  const file = await readJob(job, reading)
  // Decoding may change the bytes.
  const again = task.kind === 'blur' ? file.slice() : file
  const image = await decodeFile(file, quoted(name), reading)
  const faces = await detector.detectFaces(image)
  const found: Found = { name, image, faces, line: foundLine(name, image, faces) }
  if (task.draw) await writeDrawing(found, task.draw)
  if (task.kind === 'crop') await writeCrops(found, task, detector)
  const replacement = task.kind === 'blur' ? await writeCopy(found, task, again) : undefined
  return { line: found.line, ...(replacement && { replacement }) }
}

async function readJob({ name, bytes }: Job, { maxBytes }: Reading): Promise<Uint8Array> {
  if (bytes) {
    checkByteCount(bytes.length, maxBytes, quoted(name))
    return bytes
  }
  if (!ADDRESS.test(name)) return readPath(pathOfName(name), { signal: undefined, maxBytes })
  try {
    return await readBytes(name, undefined, maxBytes)
  } catch (cause) {
    if (cause instanceof MtcnnError) throw cause
    const message = `could not read ${quoted(name)}: ${shortened(reasonOf(cause), 300)}`
    throw new MtcnnError('DECODE_FAILED', message, { cause })
  }
}

function quoted(name: string): string {
  return name === '-' ? 'standard input' : `'${shortened(name, 200)}'`
}
