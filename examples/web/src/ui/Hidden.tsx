import type { Face } from 'mtcnn-wasm/slim'
import { useEffect, useRef } from 'preact/hooks'
import { studio } from '../studio/studio.ts'

/** The picture with its faces blurred, over the picture; nothing until it is made. */
export function Hidden({ id, faces }: { id: number; faces: readonly Face[] }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    let isOver = false
    delete canvas.current!.dataset.drawn
    studio.hidden(id, [...faces]).then(
      (bitmap) => {
        if (isOver) return bitmap.close()
        Object.assign(canvas.current!, { width: bitmap.width, height: bitmap.height })
        canvas.current!.getContext('bitmaprenderer')!.transferFromImageBitmap(bitmap)
        canvas.current!.dataset.drawn = 'true'
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
