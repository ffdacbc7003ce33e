import { useSignal } from '@preact/signals'
import { scaleFaces } from 'mtcnn-wasm/slim'
import { useEffect, useRef } from 'preact/hooks'
import { type Answer, active, numberOf, percent } from '../state.ts'
import { DrawnFaces } from './DrawnFaces.tsx'
import { placeLabels } from './labels.ts'

/** Narrower frames are thinner, pixels. */
const TINY = 28
/** Narrower faces would be hidden by their landmarks, pixels. */
const POINTS_FROM = 24

interface Props {
  answer: Answer
  mirrored: boolean
  /** The part of the view's width in which they are shown, from 0 to 1; by default all of it. */
  part?: { from: number; to: number } | undefined
  /** Of what the settings are compared with. */
  other?: boolean
  /** Of live video: drawn on a canvas, since there are new ones with every frame. */
  live?: boolean
}

/** Frames, landmarks and confidences over the picture, wherever it is in the view. */
export function Boxes({ answer: { faces, title }, mirrored, part, other = false, live = false }: Props) {
  const layer = useRef<HTMLDivElement>(null)
  const size = useSignal<{ width: number; height: number } | undefined>(undefined)
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => {
      const { width, height } = entry!.contentRect
      size.value = { width, height }
    })
    observer.observe(layer.current!)
    return () => observer.disconnect()
  }, [])
  const { value: view } = size
  const fits = view && view.width > 0 && view.height > 0
  const shown = fits ? scaleFaces(faces, view, { fit: 'contain', mirror: mirrored }) : []
  const labels = fits && !live ? placeLabels(shown, view) : []
  const clip = part && view && `inset(0 ${(1 - part.to) * view.width}px 0 ${part.from * view.width}px)`
  // One stop for the tab key; the arrows go from face to face.
  const stop = Math.min(active.value ?? 0, Math.max(faces.length - 1, 0))
  const walk = (event: KeyboardEvent, n: number) => {
    const steps: Record<string, number> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }
    const step = steps[event.key]
    if (event.key === 'Escape') active.value = undefined
    if (!step) return
    event.preventDefault()
    const next = (n + step + faces.length) % faces.length
    layer.current!.querySelectorAll<HTMLElement>('.face')[next]?.focus()
  }
  const name = part ? `Faces found with ${title}` : 'Faces in the picture'
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of a picture's faces is no part of a form.
    <div
      ref={layer}
      class={`boxes ${other ? 'other' : ''} ${live ? 'live' : ''}`}
      role="group"
      aria-label={`${name}. The arrow keys go from face to face.`}
      style={{ clipPath: clip ?? 'none' }}
    >
      {live && fits && <DrawnFaces faces={shown} view={view} />}
      <svg class="points" aria-hidden="true">
        {(live ? [] : shown).flatMap(({ box, keypoints }, n) =>
          Object.values(box.width < POINTS_FROM ? {} : keypoints).map(({ x, y }) => (
            <circle key={`${n} ${x}`} cx={x} cy={y} r={Math.min(Math.max(box.width / 45, 1.1), 3.5)} />
          )),
        )}
      </svg>
      {shown.map(({ box }, n) => {
        const face = faces[n]!
        const number = numberOf(face, n)
        const label = labels[n]
        const border = box.width < TINY ? 1 : 2
        return (
          <button
            key={number}
            type="button"
            class={`face ${box.width < TINY ? 'tiny' : ''} ${active.value === n && !other ? 'active' : ''}`}
            tabIndex={n === stop ? 0 : -1}
            aria-label={`Face ${number}: ${percent(face.confidence)} sure, ${sizeOf(face)} pixels`}
            style={placed(box)}
            onFocus={() => {
              active.value = n
            }}
            onBlur={() => {
              active.value = undefined
            }}
            onPointerEnter={() => {
              active.value = n
            }}
            onPointerLeave={() => {
              active.value = undefined
            }}
            onKeyDown={(event) => walk(event, n)}
          >
            {label && (
              <span
                class="label"
                style={{ left: `${label.x - box.x - border}px`, top: `${label.y - box.y - border}px` }}
              >
                {label.text}
              </span>
            )}
          </button>
        )
      })}
      {fits && active.value !== undefined && shown[active.value] && (
        <Tip
          face={faces[active.value]!}
          box={shown[active.value]!.box}
          view={view}
          n={numberOf(faces[active.value]!, active.value)}
        />
      )}
    </div>
  )
}

const TIP = { width: 148, height: 58, gap: 8 }

/** What is known of the face under the pointer or with the focus. */
function Tip({
  face,
  box,
  view,
  n,
}: {
  face: Sized & { confidence: number }
  box: Sized['box']
  view: Size
  n: number
}) {
  const left = Math.min(Math.max(box.x + box.width / 2 - TIP.width / 2, 4), Math.max(4, view.width - TIP.width - 4))
  const below = box.y + box.height + TIP.gap
  const top = below + TIP.height < view.height ? below : Math.max(4, box.y - TIP.height - TIP.gap)
  return (
    <div class="tip" aria-hidden="true" style={{ left: `${left}px`, top: `${top}px`, width: `${TIP.width}px` }}>
      <strong>
        Face {n}: {percent(face.confidence)} sure
      </strong>
      <span>{sizeOf(face)} pixels</span>
    </div>
  )
}

type Size = { width: number; height: number }
type Sized = { box: Size & { x: number; y: number } }

function placed({ x, y, width, height }: Sized['box']) {
  return { left: `${x}px`, top: `${y}px`, width: `${width}px`, height: `${height}px` }
}

/** @example '193 × 246' */
export function sizeOf({ box: { width, height } }: { box: Size }): string {
  return `${Math.round(width)} × ${Math.round(height)}`
}
