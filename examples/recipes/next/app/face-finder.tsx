'use client'

import { type Faces, MTCNN } from 'mtcnn-wasm'
import { useEffect, useState } from 'react'

/** One detector for the whole page, made in the browser when the first picture is chosen. */
let shared: Promise<MTCNN> | undefined

/** Shows a picture that the visitor chooses, with a frame around every face. Nothing is sent to the server. */
export function FaceFinder() {
  const [picture, setPicture] = useState<{ file: File; url: string }>()
  const [found, setFound] = useState<{ faces?: Faces; error?: string }>({})

  useEffect(() => {
    if (!picture) return
    const abort = new AbortController()
    shared ??= MTCNN.create()
    shared
      .then((detector) => detector.detectFaces(picture.file, { signal: abort.signal }))
      .then((faces) => setFound({ faces }))
      .catch((error) => {
        if (!abort.signal.aborted) setFound({ error: error.message })
      })
    // Another picture, or none any more: the search stops.
    return () => {
      abort.abort()
      setFound({})
      URL.revokeObjectURL(picture.url)
    }
  }, [picture])

  const { faces, error } = found
  return (
    <>
      <label>
        A picture{' '}
        <input
          type="file"
          accept="image/*"
          onChange={({ target }) => {
            const file = target.files?.[0]
            if (file) setPicture({ file, url: URL.createObjectURL(file) })
          }}
        />
      </label>
      <p role="status">{error ?? (faces ? `${faces.length} found` : picture ? 'Searching' : '')}</p>
      {picture && faces && (
        // Measured in pixels of the picture, which fills it.
        <svg
          role="img"
          aria-label={`${faces.length} faces`}
          viewBox={`0 0 ${faces.imageWidth} ${faces.imageHeight}`}
          style={{ maxWidth: '100%' }}
        >
          <image href={picture.url} width="100%" height="100%" />
          {faces.map(({ box }) => (
            <rect key={`${box.x} ${box.y}`} {...box} fill="none" stroke="lime" strokeWidth={2} />
          ))}
        </svg>
      )}
    </>
  )
}
