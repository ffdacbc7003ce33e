import { open } from './session.ts'
import { openAddress, openFile, SourceError } from './sources.ts'

/** Opens the first picture or video of what was chosen, dropped or pasted. */
export function openFiles(files: FileList | null | undefined): void {
  const all = [...(files ?? [])]
  const file = all.find(({ type }) => /^(image|video)\//.test(type)) ?? all[0]
  const name = file?.name || 'the picture'
  open(name, async () => {
    if (!file) throw new SourceError('There was no picture or video in what was dropped.')
    return openFile(file, name)
  })
}

/** Opens a picture of an address. */
export function openSample({ name, url }: { name: string; url: string }): Promise<void> {
  return open(name, () => openAddress(url, name))
}

/**
 * Takes files that are dropped anywhere on the page, or pasted.
 *
 * @param over - Told whether files are held over the page.
 */
export function takeFiles(over: (isOver: boolean) => void): void {
  document.addEventListener('paste', ({ clipboardData }) => {
    if (clipboardData?.files.length) openFiles(clipboardData.files)
  })
  const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false
  // Entering an element comes before leaving the one around it.
  let depth = 0
  document.addEventListener('dragenter', (event) => {
    if (hasFiles(event)) over(++depth > 0)
  })
  document.addEventListener('dragleave', (event) => {
    if (hasFiles(event)) over(--depth > 0)
  })
  document.addEventListener('dragover', (event) => {
    if (hasFiles(event)) event.preventDefault()
  })
  document.addEventListener('drop', (event) => {
    if (!hasFiles(event)) return
    event.preventDefault()
    depth = 0
    over(false)
    openFiles(event.dataTransfer?.files)
  })
}
