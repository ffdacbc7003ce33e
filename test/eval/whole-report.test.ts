import { describe, expect, it } from 'vitest'
import { measure } from '../../bench/eval/measure.ts'
import { parseAnnotations } from '../../bench/eval/truth.ts'
import type { WholeDetector, WholeTimes } from '../../bench/whole.ts'
import { wholeLines } from '../../bench/whole-report.ts'

const detector = (name: string, runtime: WholeDetector['runtime'], version = ''): WholeDetector => {
  return { name, runtime, version, search: async () => [] }
}
const detectors = [
  detector('classic', 'WebAssembly'),
  detector('other', 'WebAssembly', 'web 1.2'),
  detector('other', 'native', 'node 1.3'),
]
const picture = {
  name: 'crowd',
  pixels: { data: new Uint8Array(6), width: 2, height: 1, channels: 3, order: 'rgb', stride: 6 },
} as const
const times: WholeTimes[] = [
  {
    picture,
    results: [
      { faces: 3, milliseconds: 12.34 },
      { faces: 4, milliseconds: 150.2 },
      { faces: 4, milliseconds: 5.678 },
    ],
  },
]
const cells = (line: string) => line.split('|').map((cell) => cell.trim())

describe('the table of whole detectors', () => {
  it('has a row for each, with its time in both runtimes', () => {
    const text = wholeLines(detectors, times).join('\n')
    expect(text).toContain('Peers in web 1.2 and node 1.3')
    const rows = text.split('\n').slice(-4).map(cells)
    expect(rows[0]).toEqual(['', '', 'crowd, 2x1', ''])
    expect(rows.slice(2)).toEqual([
      ['', 'classic', '12.3; 3', ''],
      ['', 'other', '150 (5.68); 4', ''],
    ])
  })

  it('has accuracy beside speed, at as many false positives as the first detector has', () => {
    const truth = parseAnnotations('a.jpg\n2\n0 0 100 100\n200 0 60 60\n')
    const box = (x: number, side: number, confidence: number) => {
      return { box: { x, y: 0, width: side, height: side }, confidence }
    }
    const found = [
      [box(0, 100, 0.9), box(500, 50, 0.8), box(200, 60, 0.6)],
      [box(0, 100, 0.6), box(200, 60, 0.5), box(500, 50, 0.4)],
    ]
    const measured = measure(
      truth,
      [],
      found.map((faces) => ({ faces: [faces], landmarkFaces: [] })),
      { confidence: 0.7, falsePositives: undefined, rounds: 0, seed: 1 },
    )
    const rows = measured.map((measurement, n) => ({ name: ['classic', 'other'][n]!, measurement }))
    const [head, , ...body] = wholeLines(detectors, times, rows).slice(2).join('\n').split('\n').map(cells)
    const [, , ...titles] = head!
    expect(titles.slice(0, 6)).toEqual([
      'AP easy',
      'AP medium',
      'AP hard',
      'false positives',
      'detections',
      'faces found at 1 false positives',
    ])
    // Right, wrong, right; and right, right, wrong: none of them sure enough at 0.7.
    expect(body[0]!.slice(1, -1)).toEqual(['classic', '0.833', '0.833', '0.833', '1', '2', '2 (from 0.60)', '12.3; 3'])
    expect(body[1]!.slice(1, -1)).toEqual([
      'other',
      '1.000',
      '1.000',
      '1.000',
      '0',
      '0',
      '2 (from 0.40)',
      '150 (5.68); 4',
    ])
  })
})
