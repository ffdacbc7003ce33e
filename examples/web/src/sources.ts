import type { PixelImage } from 'mtcnn-wasm/slim'
import { studio } from './studio/studio.ts'

/** What is looked at. */
export type Source = Picture | Camera | Video

export interface Picture {
  kind: 'picture'
  name: string
  /** Of the file, for the image element. */
  url: string
  /** Decoded once, for every search. */
  pixels: PixelImage
  /** Under this number the studio has it, for every drawing. */
  id: number
  /** Whether to show it mirrored, as people know themselves. */
  mirrored: boolean
}

export interface Camera {
  kind: 'camera'
  name: string
  stream: MediaStream
  mirrored: boolean
  /** Whether there is another camera to change to. */
  others: boolean
}

export interface Video {
  kind: 'video'
  name: string
  url: string
  element: HTMLVideoElement
  mirrored: boolean
}

/** Something the visitor can do something about; its message is shown as it is. */
export class SourceError extends Error {}

/** @throws SourceError for what is neither a picture nor a video. */
export async function openFile(file: Blob, name: string, mirrored = false): Promise<Picture | Video> {
  if (file.type.startsWith('video/')) return openVideo(file, name)
  try {
    const { id, data, width, height } = await studio.open(file)
    const pixels = { data, width, height, channels: 4 as const }
    return { kind: 'picture', name, url: URL.createObjectURL(file), pixels, id, mirrored }
  } catch (cause) {
    throw new SourceError(`${name} is not a picture or video that this browser can read.`, { cause })
  }
}

/** @throws SourceError where the address does not answer or is no picture. */
export async function openAddress(url: string, name: string): Promise<Picture | Video> {
  const failed = () => new SourceError(`${name} could not be loaded. Check the connection, then try again.`)
  const response = await fetch(url).catch(() => undefined)
  if (!response?.ok) throw failed()
  const file = await response.blob().catch(() => {
    throw failed()
  })
  return openFile(file, name)
}

async function openVideo(file: Blob, name: string): Promise<Video> {
  const element = document.createElement('video')
  const url = URL.createObjectURL(file)
  Object.assign(element, { muted: true, loop: true, playsInline: true, src: url })
  try {
    await new Promise<void>((resolve, reject) => {
      element.addEventListener('loadeddata', () => resolve(), { once: true })
      element.addEventListener('error', () => reject(element.error), { once: true })
    })
    if (element.videoWidth === 0) throw new Error('no picture')
    return { kind: 'video', name, url, element, mirrored: false }
  } catch (cause) {
    URL.revokeObjectURL(url)
    throw new SourceError(`${name} is not a video that this browser can play.`, { cause })
  }
}

/**
 * @param instead - The camera to change from.
 * @throws SourceError that says why there is no camera.
 */
export async function openCamera(instead?: Camera): Promise<Camera> {
  if (!navigator.mediaDevices) throw new SourceError('The camera needs a secure page: open this one over https.')
  try {
    const size = { width: { ideal: 640 }, height: { ideal: 480 } }
    const video = { ...size, ...(await wanted(instead)) }
    const stream = await navigator.mediaDevices.getUserMedia({ video, audio: false })
    const mirrored = stream.getVideoTracks()[0]?.getSettings().facingMode !== 'environment'
    const others = (await cameras()).length > 1
    return { kind: 'camera', name: 'the camera', stream, mirrored, others }
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

/** On a phone the other side; elsewhere the next camera of the list. */
async function wanted(instead: Camera | undefined): Promise<MediaTrackConstraints> {
  if (!instead) return { facingMode: 'user' }
  const { facingMode, deviceId } = instead.stream.getVideoTracks()[0]?.getSettings() ?? {}
  if (facingMode) return { facingMode: { ideal: facingMode === 'environment' ? 'user' : 'environment' } }
  const all = await cameras()
  const next = all[(all.findIndex((camera) => camera.deviceId === deviceId) + 1) % all.length]
  return next ? { deviceId: { exact: next.deviceId } } : {}
}

async function cameras(): Promise<MediaDeviceInfo[]> {
  return (await navigator.mediaDevices.enumerateDevices()).filter(({ kind }) => kind === 'videoinput')
}

/** Lets go of the camera, the video or the decoded picture. */
export function closeSource(source: Source | undefined): void {
  if (!source) return
  if (source.kind === 'camera') {
    for (const track of source.stream.getTracks()) track.stop()
    return
  }
  URL.revokeObjectURL(source.url)
  if (source.kind === 'picture') studio.close(source.id)
  else source.element.removeAttribute('src')
}
