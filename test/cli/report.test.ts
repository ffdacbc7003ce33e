import { beforeEach, describe, expect, it } from 'vitest'
import { toReference } from '../../src/api/format.ts'
import { listJsonReport, type Outcome, singleJsonReport, tableReport } from '../../src/cli/report.ts'
import { trace } from './environment.ts'

let printed = ''
const print = (text: string) => {
  printed += text
}
beforeEach(() => {
  printed = ''
})

const face = { box: { x: 1.5, y: 2, width: 30.25, height: 40 }, confidence: 0.99 }
const image = { width: 64, height: 48 }
const found = { name: 'a.jpg', found: { image, faces: [face, face], trace: undefined } }
const none = { name: 'b.jpg', found: { image, faces: [], trace: undefined } }
const failed: Outcome = { name: 'c\n.jpg', error: 'it is gone' }

describe('singleJsonReport', () => {
  it.each([
    ['two faces', found],
    ['no face', none],
  ])('is one document, a face a line: %s', (_, outcome) => {
    const report = singleJsonReport(print, toReference)
    report.add(outcome)
    report.end()
    expect(JSON.parse(printed)).toEqual(toReference(outcome.found.faces))
    expect(printed.endsWith('\n')).toBe(true)
    if (outcome === found) expect(printed.split('\n')).toHaveLength(5)
  })

  it('prints nothing of an image that could not be searched', () => {
    const report = singleJsonReport(print, toReference)
    report.add(failed)
    report.end()
    expect(printed).toBe('')
  })
})

describe('listJsonReport', () => {
  it('has an entry for each input, those that failed too', () => {
    const report = listJsonReport(print, toReference)
    for (const outcome of [found, none, failed]) report.add({ ...outcome, drawing: 'out.png' })
    report.end()
    expect(JSON.parse(printed)).toEqual([
      { file: 'a.jpg', faces: toReference([face, face]), drawing: 'out.png' },
      { file: 'b.jpg', faces: [], drawing: 'out.png' },
      { file: 'c\n.jpg', drawing: 'out.png', error: 'it is gone' },
    ])
    // One a line, whatever the names are.
    expect(printed.split('\n')).toHaveLength(6)
  })

  it('is an empty list where nothing came', () => {
    listJsonReport(print, toReference).end()
    expect(JSON.parse(printed)).toEqual([])
  })
})

describe('tableReport', () => {
  it('has a table for each image, an empty line between two, and tells drawings and traces', () => {
    const report = tableReport(print)
    report.add({ ...found, found: { ...found.found, trace }, drawing: 'out\u001b[2J.png' })
    report.add(failed)
    report.add({ ...none, name: '-' })
    report.end()
    expect(printed).toContain('a.jpg')
    expect(printed).toContain('standard input')
    expect(printed).toContain('drawn to ')
    expect(printed).not.toContain('\u001b')
    expect(printed).not.toContain('it is gone')
    expect(printed).toMatch(/\n\n/)
  })
})
