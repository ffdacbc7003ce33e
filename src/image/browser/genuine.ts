import { tagOf } from '../../shared/errors.ts'

/**
 * For each class of the platform a property whose getter works on its own objects only. A tag can be given to anything, and
 * `instanceof` fails for the objects of another window; these getters do neither.
 */
const GETTERS = {
  HTMLImageElement: 'naturalWidth',
  SVGImageElement: 'href',
  HTMLCanvasElement: 'width',
  OffscreenCanvas: 'width',
  HTMLVideoElement: 'videoWidth',
  ImageBitmap: 'width',
  VideoFrame: 'codedWidth',
  Blob: 'size',
  File: 'name',
  Response: 'status',
  ReadableStream: 'locked',
  URL: 'href',
  MediaStream: 'active',
  MediaStreamTrack: 'readyState',
} as const

export type PlatformClass = keyof typeof GETTERS

/** The class of an object that the platform made; undefined for all others, whatever they say they are. */
export function platformClass(value: unknown): PlatformClass | undefined {
  // Those of a canvas or a shared screen are named CanvasCaptureMediaStreamTrack, CanvasCaptureMediaStream and the like.
  const name = tagOf(value).replace(/^.+(?=MediaStream(Track)?$)/, '')
  if (!isKnown(name)) return undefined
  try {
    const { prototype } = Reflect.get(globalThis, name) as { prototype: object }
    Reflect.apply(getterOf(prototype, GETTERS[name])!, value, [])
    return name
  } catch {
    return undefined
  }
}

/** Also of a class that a page derived from that of the platform and put in its place. */
function getterOf(prototype: object | null, name: string): (() => unknown) | undefined {
  if (prototype === null) return undefined
  const own = Object.getOwnPropertyDescriptor(prototype, name)
  return own ? own.get : getterOf(Object.getPrototypeOf(prototype), name)
}

function isKnown(name: string): name is PlatformClass {
  return Object.hasOwn(GETTERS, name)
}
