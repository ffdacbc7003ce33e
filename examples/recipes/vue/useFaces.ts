import { type Faces, type ImageInput, MTCNN } from 'mtcnn-wasm'
import { type MaybeRefOrGetter, type ShallowRef, shallowRef, toValue, watch } from 'vue'

/** One detector for the whole page, made when the first image is there. */
let shared: Promise<MTCNN> | undefined

/** The faces in an image: undefined while they are searched. The search stops when the component is gone or another image comes. */
export function useFaces(image: MaybeRefOrGetter<ImageInput | undefined>): {
  faces: ShallowRef<Faces | undefined>
  error: ShallowRef<Error | undefined>
} {
  const faces = shallowRef<Faces>()
  const error = shallowRef<Error>()
  watch(
    () => toValue(image),
    async (wanted, _, onCleanup) => {
      faces.value = undefined
      error.value = undefined
      if (!wanted) return
      const abort = new AbortController()
      onCleanup(() => abort.abort())
      try {
        shared ??= MTCNN.create()
        const detector = await shared
        faces.value = await detector.detectFaces(wanted, { signal: abort.signal })
      } catch (reason) {
        if (!abort.signal.aborted) error.value = reason as Error
      }
    },
    { immediate: true },
  )
  return { faces, error }
}
