import { zip } from 'fflate'
import type { Face } from 'mtcnn-wasm/slim'
import { detectorFor } from './detectors.ts'
import { lastFrame } from './live.ts'
import { settings } from './settings.ts'
import { answer, hiding, mirrored, source } from './state.ts'
import { studio } from './studio/studio.ts'

/** The faces as the library gives them. */
export function facesAsJson(): string {
  return JSON.stringify(answer.value?.faces ?? [], null, 2)
}

export function saveJson(): void {
  save(new Blob([facesAsJson()], { type: 'application/json' }), `${baseName()}.faces.json`)
}

/** The picture with its faces framed, or blurred where that is shown, as large as the file's. */
export async function savePicture(): Promise<void> {
  const { value: shown } = source
  if (!shown || !answer.value) return
  const faces = [...answer.value.faces]
  if (shown.kind === 'picture') {
    const make = hiding.value ? studio.hiddenFile : studio.painted
    return save(await make(shown.id, faces, mirrored.value), `${baseName()}.png`)
  }
  const id = await studio.keep(await createImageBitmap(await lastFrame()))
  save(await studio.painted(id, faces, mirrored.value), `${baseName()}.png`)
  await studio.close(id)
}

/** All faces, cut out, in one archive. */
export async function saveCrops(crops: readonly Blob[]): Promise<void> {
  const files = crops.map(async (crop, n) => [`face-${n + 1}.png`, new Uint8Array(await crop.arrayBuffer())] as const)
  const named = Object.fromEntries(await Promise.all(files))
  const packed = await new Promise<Uint8Array<ArrayBuffer>>((resolve, reject) => {
    // PNG is compressed already.
    zip(named, { level: 0 }, (error, data) => (error ? reject(error) : resolve(data as Uint8Array<ArrayBuffer>)))
  })
  save(new Blob([packed], { type: 'application/zip' }), `${baseName()}.faces.zip`)
}

/**
 * Each face of the picture shown, cut out by the library, as PNG.
 *
 * @param straight - Turned and scaled so that eyes and mouth lie where face recognition wants them; else as it is, with some
 * space around it.
 */
export async function cutFaces(faces: readonly Face[], straight: boolean): Promise<Blob[]> {
  const { value: shown } = source
  if (shown?.kind !== 'picture') return []
  const how = straight
    ? ({ align: 'arcface', size: 224, fill: 'edge' } as const)
    : ({ align: 'none', margin: 0.4, square: true, fill: 'edge' } as const)
  const crops = await (await detectorFor(settings.value)).cropFaces(shown.pixels, faces, how)
  return studio.encode(crops.map(({ data, width, height }) => ({ data, width, height })))
}

/** What is shown, as the beginning of a file's name. */
export function baseName(): string {
  const name = source.value?.name.replace(/\.\w{2,4}$/, '') ?? ''
  return name.replace(/^the /, '').replaceAll(/[^\p{L}\p{N}]+/gu, '-') || 'picture'
}

function save(file: Blob, name: string): void {
  const url = URL.createObjectURL(file)
  const link = document.createElement('a')
  Object.assign(link, { href: url, download: name })
  link.click()
  URL.revokeObjectURL(url)
}
