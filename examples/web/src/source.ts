/** What is looked at. */
export type Source = Picture | Camera

export interface Picture {
  kind: 'picture'
  name: string
  file: Blob
  /** Decoded once, for every search and every drawing. */
  bitmap: ImageBitmap
}

export interface Camera {
  kind: 'camera'
  stream: MediaStream
}

/** Something the visitor can do something about; its message is shown as it is. */
export class SourceError extends Error {}

/** @throws SourceError for what is no picture. */
export async function openPicture(file: Blob, name: string): Promise<Picture> {
  try {
    return { kind: 'picture', name, file, bitmap: await createImageBitmap(file) }
  } catch (cause) {
    throw new SourceError(`${name} is not a picture that this browser can read.`, { cause })
  }
}

/** @throws SourceError where the address does not answer or is no picture. */
export async function fetchPicture(url: string, name: string): Promise<Picture> {
  const response = await fetch(url).catch(() => undefined)
  if (!response?.ok) throw new SourceError(`${name} could not be loaded. Try again in a moment.`)
  return openPicture(await response.blob(), name)
}

/** @throws SourceError that says why there is no camera. */
export async function openCamera(): Promise<Camera> {
  if (!navigator.mediaDevices) throw new SourceError('The camera needs a secure page: open this one over https.')
  try {
    const video = { facingMode: 'user', width: { ideal: 640 }, height: { ideal: 480 } }
    return { kind: 'camera', stream: await navigator.mediaDevices.getUserMedia({ video, audio: false }) }
  } catch (cause) {
    const name = cause instanceof DOMException ? cause.name : ''
    const why: Record<string, string> = {
      NotAllowedError: 'The camera is not allowed. Allow it beside the address of this page, then try again.',
      NotFoundError: 'No camera was found on this device.',
      NotReadableError: 'The camera is in use by another program.',
    }
    throw new SourceError(why[name] ?? 'The camera could not be started.', { cause })
  }
}

/** Lets go of the camera or of the decoded picture. */
export function closeSource(source: Source | undefined): void {
  if (source?.kind === 'picture') source.bitmap.close()
  for (const track of source?.kind === 'camera' ? source.stream.getTracks() : []) track.stop()
}

/** Pictures dropped anywhere on the page, pasted, or chosen. */
export function onFiles(
  input: HTMLInputElement,
  view: HTMLElement,
  open: (file: File) => void,
  none: () => void,
): void {
  const first = (files: FileList | undefined | null) => {
    const file = [...(files ?? [])].find(({ type }) => type.startsWith('image/')) ?? files?.[0]
    if (file) open(file)
    else none()
  }
  input.addEventListener('change', () => {
    first(input.files)
    // So that the same file can be chosen again.
    input.value = ''
  })
  document.addEventListener('paste', ({ clipboardData }) => {
    if (clipboardData?.files.length) first(clipboardData.files)
  })
  let depth = 0
  const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false
  document.addEventListener('dragenter', (event) => {
    if (hasFiles(event) && ++depth > 0) view.classList.add('over')
  })
  document.addEventListener('dragleave', (event) => {
    if (hasFiles(event) && --depth <= 0) view.classList.remove('over')
  })
  document.addEventListener('dragover', (event) => {
    if (hasFiles(event)) event.preventDefault()
  })
  document.addEventListener('drop', (event) => {
    if (!hasFiles(event)) return
    event.preventDefault()
    depth = 0
    view.classList.remove('over')
    first(event.dataTransfer?.files)
  })
}
