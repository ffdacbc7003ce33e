import { type Faces, type ImageInput, MTCNN } from 'mtcnn-wasm'
import { useEffect, useState } from 'react'

/** One detector for the whole page, made when the first image is there. */
let shared: Promise<MTCNN> | undefined

/**
 * The faces in an image: undefined while they are searched. The search stops when the component is gone or shows another image.
 *
 * @param image - The same object as long as it is the same image, as from `useState`.
 */
export function useFaces(image: ImageInput | undefined): { faces?: Faces; error?: Error } {
  const [found, setFound] = useState<{ image: ImageInput; faces?: Faces; error?: Error }>()

  useEffect(() => {
    if (!image) return
    const abort = new AbortController()
    shared ??= MTCNN.create()
    shared
      .then((detector) => detector.detectFaces(image, { signal: abort.signal }))
      .then((faces) => setFound({ image, faces }))
      .catch((error) => {
        if (!abort.signal.aborted) setFound({ image, error })
      })
    return () => abort.abort()
  }, [image])

  // What was found in the image before does not show with this one.
  return found?.image === image ? { ...found } : {}
}
