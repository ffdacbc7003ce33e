import type { MtcnnErrorCode } from '../shared/errors.ts'
import type { AnyFace, Box, Keypoints, Size } from '../shared/face.ts'
import { printableJson } from './printable.ts'

/** One face in a line; coordinates in pixels of the upright image. */
export interface LineFace {
  box: Box
  confidence: number
  /** Missing with `stages: 'boxes'`. */
  keypoints?: Keypoints
  /** Where its crop is, seen from the folder of the output. */
  crop?: string
}

/** What was found in one image. */
export interface FoundLine extends Size {
  /** As typed or found; bytes that are no UTF-8 as `nameOfBytes` gives them. */
  file: string
  faces: LineFace[]
  /** Where the copy without faces is, seen from the folder of the output. */
  copy?: string
  /** Where the drawing is, seen from its folder. */
  drawing?: string
}

/** The codes of the library, and what can happen to a file besides. */
export type LineErrorCode = MtcnnErrorCode | 'TIMEOUT' | 'WRITE_FAILED' | 'UNREADABLE_FOLDER'

/** Why there is no answer for one image. */
export interface FailedLine {
  file: string
  error: { code: LineErrorCode; message: string }
}

/** All that is known of one image: one line of the output. */
export type Line = FoundLine | FailedLine

export function isFailed(line: Line): line is FailedLine {
  return 'error' in line
}

export function failedLine(file: string, code: LineErrorCode, message: string): FailedLine {
  return { file, error: { code, message } }
}

/** @param faces - As the library gives them: a line has only part of what they say. */
export function foundLine(file: string, { width, height }: Size, faces: readonly AnyFace[]): FoundLine {
  const lineFaces = faces.map(({ box: { x, y, width, height }, confidence, keypoints }): LineFace => {
    const face = { box: { x, y, width, height }, confidence }
    return keypoints === undefined ? face : { ...face, keypoints }
  })
  return { file, width, height, faces: lineFaces }
}

/** A line as it is written, with its line break: printable ASCII and letters, whatever the name is. */
export function jsonLine(line: Line): string {
  return `${printableJson(line)}\n`
}
