import { drawFaces } from 'mtcnn-wasm/draw'
import { type Face, scaleFaces } from 'mtcnn-wasm/slim'
import { useEffect, useRef } from 'preact/hooks'

interface Props {
  /** In pixels of the view. */
  faces: readonly Face[]
  view: { width: number; height: number }
}

/** The faces with their ids and confidences, on a canvas as fine as the screen. */
export function DrawnFaces({ faces, view }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const [width, height] = [view.width, view.height].map((side) => Math.max(1, Math.round(side * devicePixelRatio)))
  useEffect(() => {
    const context = canvas.current!.getContext('2d')!
    context.clearRect(0, 0, context.canvas.width, context.canvas.height)
    drawFaces(context, scaleFaces(faces, view, { width: width!, height: height! }), { lineWidth: 2 * devicePixelRatio })
  }, [faces, width, height])
  // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a canvas takes no focus; what it shows is said by the buttons over it.
  return <canvas ref={canvas} class="drawn" width={width} height={height} aria-hidden="true" />
}
