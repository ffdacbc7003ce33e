import { useState } from 'react'
import { useFaces } from './useFaces.ts'

/** Shows a picture that the visitor chooses, with a frame around every face. */
export function FaceFinder() {
  const [picture, setPicture] = useState<{ file: File; url: string }>()
  const { faces, error } = useFaces(picture?.file)
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
      <p role="status">{error?.message ?? (faces ? `${faces.length} found` : picture ? 'Searching' : '')}</p>
      {picture && faces && (
        // Measured in pixels of the picture, which fills it.
        <svg
          role="img"
          aria-label={`${faces.length} faces`}
          viewBox={`0 0 ${faces.imageWidth} ${faces.imageHeight}`}
          style={{ maxWidth: '100%' }}
        >
          <image href={picture.url} width="100%" height="100%" onLoad={() => URL.revokeObjectURL(picture.url)} />
          {faces.map(({ box }) => (
            <rect key={`${box.x} ${box.y}`} {...box} fill="none" stroke="lime" strokeWidth={2} />
          ))}
        </svg>
      )}
    </>
  )
}
