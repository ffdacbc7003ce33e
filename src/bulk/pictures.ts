import { existsSync } from 'node:fs'
import { basename, dirname, join, posix } from 'node:path'
import { anonymiseFaces } from '../api/anonymise.node.ts'
import type { Pixels } from '../image/pixels.ts'
import type { MTCNN } from '../index.node.ts'
import type { AnyFace, Stages } from '../shared/face.ts'
import { drawFaces } from './draw.ts'
import type { FoundLine } from './line.ts'
import { pathOfName } from './name-text.ts'
import { putBeside, putFile, targetOf } from './output.ts'
import { checkReplaceable, encodeCopy, encodeCrop, endingOf, formatOfEnding, readOriginal } from './picture.ts'
import type { PictureFolder, Replacement, Task } from './protocol.ts'
import { ADDRESS, inFolder, placeInTree } from './tree.ts'

/** An image that was searched; its line is still to be told what was written. */
export interface Found {
  name: string
  image: Pixels
  faces: readonly AnyFace[]
  line: FoundLine
}

/** Writes the image with its faces marked. */
export async function writeDrawing({ name, image, faces, line }: Found, out: PictureFolder): Promise<void> {
  const ending = endingOf(out.ending ?? name) ?? '.png'
  line.drawing = placeFor(name, out, ending)
  await putFile(inFolder(out.folder, line.drawing), await drawFaces(image, faces, ending), name)
}

/** Writes each face by itself: `a.jpg-1.png`, `a.jpg-2.png`, in the order of the faces. */
export async function writeCrops(
  { name, image, faces, line }: Found,
  { crop, out }: Extract<Task, { kind: 'crop' }>,
  detector: Pick<MTCNN<Stages>, 'cropFaces'>,
): Promise<void> {
  if (faces.length === 0) return
  const ending = endingOf(out.ending ?? '.png') ?? '.png'
  const crops = await detector.cropFaces(image, faces, { ...crop, output: 'rgb' })
  for (const [index, pixels] of crops.entries()) {
    const place = `${placeInTree(name, out.base)}-${index + 1}${ending}`
    await putFile(inFolder(out.folder, place), await encodeCrop(pixels, formatOfEnding(ending)), name)
    line.faces[index]!.crop = place
  }
}

/**
 * Writes a copy in which the faces are hidden: into a folder, or beside the image.
 *
 * @param bytes - Of the file.
 * @returns In place: what is to take the place of what, once the line is written. Undefined where nothing has to.
 */
export async function writeCopy(
  { name, image, faces, line }: Found,
  { hide, out }: Extract<Task, { kind: 'blur' }>,
  bytes: Uint8Array,
): Promise<Replacement | undefined> {
  // Nothing to hide: the file stays as it is.
  if (!out && faces.length === 0) return undefined
  const original = await readOriginal(bytes)
  const hidden = async () => anonymiseFaces(image, faces, hide)
  if (!out) {
    const format = checkReplaceable(original)
    const path = await targetOf(name)
    return { from: await putBeside(path, await encodeCopy(await hidden(), format, original)), to: path }
  }
  const wanted = out.ending === undefined ? undefined : endingOf(out.ending)
  const format = wanted ? formatOfEnding(wanted) : (original.format ?? 'png')
  line.copy = placeFor(name, out, wanted ?? (original.format ? '' : '.png'))
  await putFile(inFolder(out.folder, line.copy), await encodeCopy(await hidden(), format, original), name)
  return undefined
}

/**
 * Where a picture goes. One of another format gets its ending behind the whole name, so that those of `a.jpg` and `a.png` differ;
 * and a tilde where there is an image of that name, whose own picture goes there.
 */
function placeFor(name: string, { base }: PictureFolder, ending: string): string {
  const place = placeInTree(name, base)
  if (ending === '' || endingOf(name) === ending) return place
  const [folder, own] = [posix.dirname(place), posix.basename(place)]
  for (let tildes = ''; ; tildes += '~') {
    const wanted = `${own}${tildes}${ending}`
    const isTaken =
      !ADDRESS.test(name) && existsSync(pathOfName(join(dirname(name), `${basename(name)}${tildes}${ending}`)))
    if (!isTaken) return posix.join(folder, wanted)
  }
}
