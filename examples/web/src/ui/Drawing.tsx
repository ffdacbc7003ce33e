import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

interface Props {
  title: string
  /** For those who do not see it. */
  described: string
  /** Width divided by height, so that nothing moves when it comes. */
  shape: number
  draw: (() => Promise<ImageBitmap>) | undefined
  /** What it shows: drawn anew when this is another. */
  of: unknown
  children: ComponentChildren
}

/** A picture that the studio draws, when it comes into view. */
export function Drawing({ title, described, shape, draw, of, children }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const drawNow = useRef(draw)
  drawNow.current = draw
  useEffect(() => {
    const target = canvas.current!
    let isOver = false
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (!entry!.isIntersecting) return
        observer.disconnect()
        drawNow.current?.().then(
          (bitmap) => {
            // Taken out of the page, it is told so only later.
            if (isOver || !target.isConnected) bitmap.close()
            else show(target, bitmap)
          },
          // The picture was closed meanwhile: this drawing goes too.
          () => undefined,
        )
      },
      { rootMargin: '100px' },
    )
    observer.observe(target)
    return () => {
      isOver = true
      observer.disconnect()
    }
  }, [of])
  return (
    <figure>
      <canvas ref={canvas} role="img" aria-label={described} style={{ aspectRatio: String(shape) }} />
      <figcaption>
        <strong>{title}</strong>
        {children}
      </figcaption>
    </figure>
  )
}

function show(canvas: HTMLCanvasElement, bitmap: ImageBitmap): void {
  canvas.width = bitmap.width
  canvas.height = bitmap.height
  canvas.getContext('bitmaprenderer')!.transferFromImageBitmap(bitmap)
  canvas.dataset.drawn = 'true'
}
