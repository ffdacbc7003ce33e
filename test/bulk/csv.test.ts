import { describe, expect, it } from 'vitest'
import { CSV_HEADER, csvRows, readCsvRow } from '../../src/bulk/csv.ts'
import { failedLine, type Line } from '../../src/bulk/line.ts'

const box = { x: 1, y: 2.5, width: 3, height: 4 }
const point = { x: 0.5, y: -1 }
const keypoints = { leftEye: point, rightEye: point, nose: point, mouthLeft: point, mouthRight: { x: 9, y: 8 } }
const found: Line = {
  file: 'a.jpg',
  width: 600,
  height: 400,
  faces: [
    { box, confidence: 0.9, keypoints },
    { box, confidence: 0.8 },
  ],
}

describe('rows', () => {
  it('one for each face, with all columns', () => {
    const rows = csvRows(found).trimEnd().split('\n')
    expect(rows).toEqual([
      '"a.jpg",600,400,2,1,1,2.5,3,4,0.9,0.5,-1,0.5,-1,0.5,-1,0.5,-1,9,8,,',
      '"a.jpg",600,400,2,2,1,2.5,3,4,0.8,,,,,,,,,,,,',
    ])
    expect(CSV_HEADER.split(',')).toHaveLength(22)
  })

  it('one for an image without faces, and for one that failed', () => {
    expect(csvRows({ ...found, faces: [] })).toBe(`"a.jpg",600,400,0${','.repeat(18)}\n`)
    expect(csvRows(failedLine('a.jpg', 'TIMEOUT', 'say "no", 1'))).toBe(
      `"a.jpg"${','.repeat(20)}TIMEOUT,"say ""no"", 1"\n`,
    )
  })

  it.each(['=1+1.jpg', '+a', '-a', '@a', '"a"', "'a", ' =a', '\t=a', 'a\nb,c', 'a\x1b[2J', 'a\udce9', 'a\u202eb'])(
    'no spreadsheet calculates with %j, no terminal obeys it, and it comes back',
    (file) => {
      const row = csvRows({ ...found, file, faces: [] })
      expect(row).toMatch(/^"""[ -~]*\n$/)
      expect(readCsvRow(row.trimEnd())).toEqual({ file, failed: false, rows: 1, row: 1 })
    },
  )

  it('are read again', () => {
    const [first = '', second = ''] = csvRows({ ...found, file: 'a, "b" ü.jpg' }).split('\n')
    expect(readCsvRow(first)).toEqual({ file: 'a, "b" ü.jpg', failed: false, rows: 2, row: 1 })
    expect(readCsvRow(second)).toMatchObject({ rows: 2, row: 2 })
    expect(readCsvRow(csvRows(failedLine('b', 'TIMEOUT', 'x')).trimEnd())).toMatchObject({ file: 'b', failed: true })
    for (const wrong of ['', 'a,b', '"a', `"a"b${','.repeat(21)}`, `"""a"${','.repeat(21)}`]) {
      expect(readCsvRow(wrong), wrong).toBeUndefined()
    }
  })
})
