import { describe, expect, it } from 'vitest'
import { failedLine } from '../../src/bulk/line.ts'
import { duration, Tally } from '../../src/bulk/tally.ts'

const box = { x: 1, y: 2, width: 3, height: 4 }
const found = { file: 'a', width: 1, height: 1, faces: [{ box, confidence: 1 }] }

describe('what is told', () => {
  let time = 0
  const tally = () => {
    time = 0
    return new Tally(() => time)
  }

  it('while it runs', () => {
    const run = tally()
    expect(run.progress()).toBe('0 images | 0.0/s | 0 faces | 0 failed')
    for (let n = 0; n < 1000; n++) run.add(found)
    run.add(failedLine('b', 'TIMEOUT', 'late'))
    run.skipped = 500
    time = 100_000
    expect(run.progress()).toBe('1,501 images | 10.0/s | 1,000 faces | 1 failed')
    run.total = 3001
    expect(run.progress()).toBe('1,501 of 3,001 images | 10.0/s | 1,000 faces | 1 failed | 2 min left')
    expect(run.share).toBeCloseTo(0.5, 2)
  })

  it('at the end: failures by their reason, the most frequent first, and no escapes', () => {
    const run = tally()
    run.add(found)
    for (let n = 0; n < 12; n++) run.add(failedLine(`${n}\n\x1b[2J.jpg`, 'DECODE_FAILED', 'could not\ndecode'))
    run.add(failedLine('x', 'TIMEOUT', 'late'))
    run.skipped = 3
    run.failedBefore = 2
    time = 7000
    expect(run.summary().split('\n')).toEqual([
      '14 images in 7.0 s (2.0 images per second), 1 face',
      '3 images done before',
      '2 failed before; --retry-failed does them again',
      '13 failed:',
      '  12 DECODE_FAILED, the first: 0\\n\\u001b[2J.jpg: could not\\ndecode',
      '   1 TIMEOUT: x: late',
    ])
    expect(tally().summary()).toBe('0 images in 0.0 s (0.0 images per second), 0 faces')
  })

  it.each([
    [0.25, '0.3 s'],
    [42.4, '42 s'],
    [90, '2 min'],
    [3700, '1 h 2 min'],
    [7_199, '2 h 0 min'],
    [400_000, '5 days'],
  ])('%d seconds: %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text)
  })
})
