import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { failedLine, foundLine, jsonLine, type Line, type LineErrorCode } from '../../src/bulk/line.ts'
import { CODES as LIBRARY_CODES } from '../helpers/codes.ts'

const schema = JSON.parse(readFileSync(new URL('../../schemas/faces-line.schema.json', import.meta.url), 'utf8'))
const isLine = new Ajv().compile(schema)

const point = { x: 1.5, y: -2 }
const face = {
  box: { x: 1, y: 2, width: 3, height: 4 },
  confidence: 0.9,
  keypoints: { leftEye: point, rightEye: point, nose: point, mouthLeft: point, mouthRight: point },
  roll: 12,
  unclipped: { x: -1, y: 2, width: 5, height: 4 },
}

/** Compiles only with every code that there is. */
const CODES: Record<LineErrorCode, true> = {
  ...LIBRARY_CODES,
  TIMEOUT: true,
  WRITE_FAILED: true,
  UNREADABLE_FOLDER: true,
}

describe('a line', () => {
  it('has what the format says, in its order', () => {
    const line = foundLine('a.jpg', { width: 10, height: 20 }, [face])
    const { box, confidence, keypoints } = face
    expect(jsonLine(line)).toBe(
      `${JSON.stringify({ file: 'a.jpg', width: 10, height: 20, faces: [{ box, confidence, keypoints }] })}\n`,
    )
    expect(jsonLine(failedLine('a.jpg', 'TIMEOUT', 'late'))).toBe(
      '{"file":"a.jpg","error":{"code":"TIMEOUT","message":"late"}}\n',
    )
  })

  it('is one line that no terminal obeys, and comes back', () => {
    const file = 'a\n\x1b[2J\u009b\u202e\u2028\udce9.jpg'
    const text = jsonLine(foundLine(file, { width: 1, height: 1 }, []))
    expect(text).toMatch(/^[ -~]*\n$/)
    expect(JSON.parse(text).file).toBe(file)
  })

  it('is of the schema, with all that it may have', () => {
    const { keypoints: _, roll: __, ...boxOnly } = face
    const found = foundLine('a.jpg', { width: 10, height: 20 }, [face, boxOnly])
    const lines: Line[] = [
      found,
      { ...found, copy: 'a.jpg', drawing: 'a.jpg', faces: [{ ...found.faces[0]!, crop: 'a.jpg-1.png' }] },
      foundLine('-', { width: 1, height: 1 }, []),
      ...Object.keys(CODES).map((code) => failedLine('b', code as LineErrorCode, '')),
    ]
    for (const line of lines) {
      expect(isLine(JSON.parse(jsonLine(line))), JSON.stringify(isLine.errors)).toBe(true)
    }
    expect(schema.definitions.failed.properties.error.properties.code.enum).toEqual(Object.keys(CODES))
  })

  it.each([
    {},
    { file: 'a' },
    { file: '', width: 1, height: 1, faces: [] },
    { file: 'a', width: 1, height: 1, faces: [], error: { code: 'TIMEOUT', message: '' } },
    { file: 'a', width: 1.5, height: 1, faces: [] },
    { file: 'a', width: 1, height: 1, faces: [{ box: face.box }] },
    { file: 'a', width: 1, height: 1, faces: [{ ...face, box: { x: 1, y: 2 } }] },
    { file: 'a', width: 1, height: 1, faces: [], more: 1 },
    { file: 'a', error: { code: 'SOME', message: '' } },
    { file: 'a', error: 'no' },
  ])('%j is none', (line) => {
    expect(isLine(line)).toBe(false)
  })
})
