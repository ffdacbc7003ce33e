import { computed, signal } from '@preact/signals'
import type { Explanation, Face, Faces, TrackedFace } from 'mtcnn-wasm/slim'
import { download } from './detectors.ts'
import type { Source } from './sources.ts'

/** How the faces of one search were found, and where the studio has the picture that was searched. */
export interface Explained extends Explanation {
  id: number
  /** Whether a worker searched. */
  worker: boolean
}

/** Faces of one search. */
export interface Answer {
  /** Such as `Classic`. */
  title: string
  faces: Faces | Faces<TrackedFace>
  /** Of the search; unknown for live video. */
  milliseconds?: number
}

/** What is looked at. */
export const source = signal<Source | undefined>(undefined)
/** Whether it is shown mirrored left to right. */
export const mirrored = signal(false)
/** Whether faces are blurred, so that nobody is known. */
export const hiding = signal(false)
/** What is being opened, as it is called in a sentence. */
export const opening = signal<string | undefined>(undefined)
/** Whether faces are on their way. */
export const searching = signal(false)
/** The faces for what the settings say now: undefined from the moment in which source or settings change. */
export const answer = signal<Answer | undefined>(undefined)
/** The same for the preset that the settings are compared with. */
export const otherAnswer = signal<Answer | undefined>(undefined)
/** How they were found; of live video, those of a frame about a second old. */
export const explanation = signal<Explained | undefined>(undefined)
/** What went wrong last, in words for the visitor. */
export const failure = signal<string | undefined>(undefined)
/** Whether anybody sees the explanation: only then are the scores of all places collected. */
export const explaining = signal(false)
/** How fast live video is answered. */
export interface Rate {
  /** Frames that were answered in a second. */
  perSecond: number
  /** That one frame took. */
  milliseconds: number
}

export const rate = signal<Rate | undefined>(undefined)
/** Number of the face under the pointer or with the focus, from 0. */
export const active = signal<number | undefined>(undefined)

export const isLive = computed(() => source.value !== undefined && source.value.kind !== 'picture')

/** How things are, in one line. */
export const status = computed(() => {
  const name = source.value?.name ?? ''
  if (opening.value) return `Opening ${opening.value}`
  if (searching.value) return download.value ? 'Loading the detector' : `Searching ${name}`
  if (answer.value) {
    const found = `${counted(answer.value.faces.length)} found in ${name}`
    return otherAnswer.value ? `${found}, ${otherAnswer.value.faces.length} with ${otherAnswer.value.title}` : found
  }
  return source.value ? `No answer for ${name}` : 'No picture yet'
})

/** What a face is called: in live video by its id, which stays; in a picture by its place in the list. */
export function numberOf(face: Face | TrackedFace, n: number): number {
  return 'id' in face ? face.id : n + 1
}

/** @example counted(1) // '1 face' */
export function counted(faces: number): string {
  return faces === 0 ? 'No face' : `${faces} ${faces === 1 ? 'face' : 'faces'}`
}

/** @example percent(0.9987) // '99.8 %' (never rounded up to certainty) */
export function percent(confidence: number, digits = 1): string {
  const unit = 10 ** digits
  return `${(Math.floor(confidence * 100 * unit) / unit).toFixed(digits)} %`
}
