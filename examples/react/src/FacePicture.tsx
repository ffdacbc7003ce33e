import { type Faces, MTCNN } from 'mtcnn-wasm'
import { useEffect, useState } from 'react'

/** One detector for all pictures of the page, made when the first is shown. */
let shared: Promise<MTCNN> | undefined
function detector(): Promise<MTCNN> {
  shared ??= MTCNN.create()
  return shared
}

export interface FacePictureProps {
  src: string
  alt: string
  /** Pixels of the picture. */
  minFaceSize?: number
  onFaces?: (faces: Faces) => void
}

/** A picture with a frame around every face. */
export function FacePicture({ src, alt, minFaceSize = 20, onFaces }: FacePictureProps) {
  // An object of its own for every load: one element may show one picture after the other.
  const [loaded, setLoaded] = useState<{ image: HTMLImageElement }>()
  const [found, setFound] = useState<{ loaded: object; faces: Faces }>()
  const [error, setError] = useState<Error>()

  useEffect(() => {
    if (!loaded) return
    const abort = new AbortController()
    detector()
      .then((mtcnn) => mtcnn.detectFaces(loaded.image, { minFaceSize, signal: abort.signal }))
      .then((faces) => {
        setFound({ loaded, faces })
        onFaces?.(faces)
      })
      .catch((reason) => {
        if (!abort.signal.aborted) setError(reason)
      })
    return () => abort.abort()
  }, [loaded, minFaceSize, onFaces])

  // To the next error boundary, like an error of rendering.
  if (error) throw error
  const faces = found && found.loaded === loaded ? found.faces : undefined
  return (
    <span style={{ position: 'relative', display: 'inline-block' }}>
      <img
        src={src}
        alt={alt}
        onLoad={({ currentTarget }) => setLoaded({ image: currentTarget })}
        style={{ display: 'block', maxWidth: '100%' }}
      />
      {faces && (
        // Measured in pixels of the picture, drawn over it at whatever size it has.
        <svg
          viewBox={`0 0 ${faces.imageWidth} ${faces.imageHeight}`}
          style={{ position: 'absolute', inset: 0, width: '100%', height: '100%' }}
          role="img"
          aria-label={`${faces.length} ${faces.length === 1 ? 'face' : 'faces'}`}
        >
          {faces.map(({ box }) => (
            <rect
              key={`${box.x} ${box.y}`}
              {...box}
              fill="none"
              stroke="#4dffb4"
              strokeWidth={2}
              vectorEffect="non-scaling-stroke"
            />
          ))}
        </svg>
      )}
    </span>
  )
}
