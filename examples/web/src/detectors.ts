import { signal } from '@preact/signals'
import kernelsUrl from 'mtcnn-wasm/mtcnn.wasm?url'
import { MTCNN } from 'mtcnn-wasm/slim'
import weightsUrl from 'mtcnn-wasm/weights/mtcnn-f32.bin?url'
import { createOptions, type Settings } from './settings.ts'

/** Bytes of the weights that have come; undefined before and after. */
export const download = signal<{ loaded: number; total: number } | undefined>(undefined)

/** Two: one for the settings, one for what they are compared with. */
const KEPT = 2

interface Assets {
  module: WebAssembly.Module
  weights: Uint8Array
}

let assets: Promise<Assets> | undefined
const detectors = new Map<string, Promise<MTCNN>>()

/** Begins the download, so that it is not waited for later. */
export function loadAssets(): Promise<Assets> {
  if (!assets) {
    const loading = Promise.all([loadKernels(), loadWeights()]).then(([module, weights]) => ({ module, weights }))
    // What failed is tried again when it is next wanted.
    loading.catch(() => {
      assets = undefined
    })
    assets = loading
  }
  return assets
}

/** The detector that these settings ask for. The one that was not used for longest is let go. */
export function detectorFor(settings: Settings): Promise<MTCNN> {
  const key = JSON.stringify(createOptions(settings))
  const made = detectors.get(key) ?? makeDetector(settings)
  detectors.delete(key)
  detectors.set(key, made)
  made.catch(() => detectors.delete(key))
  for (const [other, old] of [...detectors].slice(0, -KEPT)) {
    detectors.delete(other)
    old.then((detector) => detector.dispose()).catch(() => undefined)
  }
  return made
}

async function makeDetector(settings: Settings): Promise<MTCNN> {
  return MTCNN.create({ ...(await loadAssets()), ...createOptions(settings) })
}

async function loadKernels(): Promise<WebAssembly.Module> {
  const response = await fetched(kernelsUrl)
  return WebAssembly.compile(await response.arrayBuffer())
}

async function loadWeights(): Promise<Uint8Array> {
  const total = WEIGHTS_SIZE
  download.value = { loaded: 0, total }
  try {
    const { body } = await fetched(weightsUrl)
    const weights = new Uint8Array(total)
    let loaded = 0
    for (const reader = body!.getReader(); ; ) {
      const { done, value } = await reader.read()
      if (done) break
      if (loaded + value.length > total) throw new LoadError()
      weights.set(value, loaded)
      loaded += value.length
      download.value = { loaded, total }
    }
    if (loaded < total) throw new LoadError()
    return weights
  } catch (cause) {
    throw cause instanceof LoadError ? cause : new LoadError({ cause })
  } finally {
    download.value = undefined
  }
}

/** A file of the detector did not arrive, or not all of it. */
export class LoadError extends Error {
  constructor(options?: ErrorOptions) {
    super('The detector could not be downloaded. Check the connection, then try again.', options)
  }
}

async function fetched(url: string): Promise<Response> {
  const response = await fetch(url).catch((cause) => {
    throw new LoadError({ cause })
  })
  if (!response.ok) throw new LoadError()
  return response
}
