/** bench/results.md: one section for each bench and engine, replaced when that is run again. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'

const FILE = new URL('results.md', import.meta.url)
const TITLE = `# Results

Written by the benches (README.md); every figure is of the machine and versions its section names. Compare figures of one
section only: one run, one thread, contenders in turns, medians.
`
/** Sections in the order they stand in the file, by the first word of their headings. */
const ORDER = [
  'Node',
  'Chromium',
  'Detectors',
  'Kernels',
  'Variants',
  'Scale',
  'Threads',
  'Tasks',
  'Bulk',
  'Queue',
  'Crops',
  'Video',
  'Accuracy',
  'Forms',
]

export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, n) => (n === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n')
}

/** Milliseconds, to three digits. */
export function ms(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)
}

export function times(value: number): string {
  return `${value.toFixed(2)}x`
}

/** The processor; no host names. */
export function machine(): string {
  const model = cpus()[0]?.model.replace(/\s+/g, ' ').trim() ?? 'unknown processor'
  return `${model}, ${availableParallelism()} cores, ${process.platform} ${process.arch}`
}

/** As in headings. */
export const NODE = `Node ${process.versions.node.split('.')[0]}`

export function engine(): string {
  return `Node ${process.versions.node} (V8 ${process.versions.v8})`
}

/** Prints a section and puts it in its place in the file. A section of the same heading is replaced. */
export function writeSection(heading: string, lines: readonly string[]): void {
  const body = lines.join('\n').trim()
  console.log(`\n## ${heading}\n\n${body}\n`)
  const sections = new Map<string, string>()
  const text = existsSync(FILE) ? readFileSync(FILE, 'utf8') : ''
  for (const part of text.split(/^## /m).slice(1)) {
    const end = part.indexOf('\n')
    sections.set(part.slice(0, end), part.slice(end).trim())
  }
  const place = (title: string) => {
    const found = ORDER.findIndex((start) => title.startsWith(start))
    return found < 0 ? ORDER.length : found
  }
  sections.set(heading, body)
  const sorted = [...sections].sort(([a], [b]) => place(a) - place(b) || a.localeCompare(b))
  writeFileSync(FILE, `${TITLE}\n${sorted.map(([title, content]) => `## ${title}\n\n${content}\n`).join('\n')}`)
}
