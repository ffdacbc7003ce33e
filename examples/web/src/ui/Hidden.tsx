import type { Face } from 'mtcnn-wasm/slim'
import { useEffect, useRef } from 'preact/hooks'
import { studio } from '../studio/studio.ts'

/** The picture with its faces blurred, over the picture; nothing until it is made. */
export function Hidden({ id, faces }: { id: number; faces: readonly Face[] }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const target = canvas.current!
    let isOver = false
    delete target.dataset.drawn
    studio.hidden(id, [...faces]).then(
      (bitmap) => {
        if (isOver || !target.isConnected) return bitmap.close()
        Object.assign(target, { width: bitmap.width, height: bitmap.height })
        target.getContext('bitmaprenderer')!.transferFromImageBitmap(bitmap)
        target.dataset.drawn = 'true'
      },
      // The picture was closed meanwhile.
      () => undefined,
    )
    return () => {
      isOver = true
    }
  }, [id, faces])
  return <canvas ref={canvas} class="shown covering" role="img" aria-label="The picture with blurred faces" />
}
