// npm run bench:detectors: our presets and other detectors, speed and accuracy in one table.
import { availableParallelism } from 'node:os'
import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import { filesOf, readSet, rowsOf, searchSet } from './eval/evaluate.ts'
import type { Row } from './eval/report.ts'
import { parseVariant, peer } from './eval/variants.ts'
import { frame, group, portrait, twelveMegapixels } from './images.ts'
import { engine, machine, writeSection } from './report.ts'
import { timeWhole, wholeDetectors } from './whole.ts'
import { wholeLines } from './whole-report.ts'

const { values } = parseArgs({
  options: {
    peer: { type: 'string', multiple: true, default: [] },
    images: { type: 'string' },
    truth: { type: 'string' },
    landmarks: { type: 'string' },
    /** What the photographs are, in words that need no path. */
    set: { type: 'string', default: 'the photographs given' },
    every: { type: 'string', default: '1' },
    quick: { type: 'boolean', default: false },
  },
})

/** The figures of each detector on annotated photographs, and what they are; none where no photographs are given. */
async function accuracy(names: readonly string[]): Promise<{ rows: Row[]; lines: string[] }> {
  const { images: folder, truth, landmarks } = values
  if (folder === undefined) return { rows: [], lines: [] }
  if (truth === undefined) throw new Error('--images needs --truth')
  const { set, missing } = await readSet({ folder, truth, landmarks, every: Number(values.every) })
  const variants = [...names.map(parseVariant), ...values.peer.map(peer)]
  const found = await searchSet(set, { folder, variants, output: 0, workers: availableParallelism() })
  const options = { confidence: 0.7, falsePositives: undefined, rounds: 0, seed: 1 }
  const faces = set.truth.images.reduce((sum, image) => sum + image.faces.length, 0)
  const left = missing > 0 ? ` (${missing} more are named and not there)` : ''
  const annotated = set.points.size > 0 ? `; landmarks of ${[...set.points.values()].flat().length} faces` : ''
  const lines = [
    `Accuracy on ${values.set}: ${filesOf(set).length} photographs${left}, ${faces} annotated faces${annotated}; splits ${set.truth.splits}.`,
    'Average precision over the whole curve; false positives and detections at confidence 0.7; faces found at the confidence',
    'that gives as many false positives as the first has at 0.7; landmark error, the median in distances of the eyes.',
    '',
  ]
  return { rows: rowsOf(set, found, variants, options), lines }
}

/** As it was called, but for where the caller's files lie. */
function command(): string {
  const { images, truth, landmarks, quick } = values
  const given = [
    images === undefined ? '' : '--images <photographs>',
    truth === undefined ? '' : '--truth <annotations>',
    landmarks === undefined ? '' : '--landmarks <csv>',
    values.every === '1' ? '' : `--every ${values.every}`,
    quick ? '--quick' : '',
    ...values.peer.map((file) => `--peer ${basename(file)}`),
  ].filter((part) => part !== '')
  return ['npm run bench:detectors', ...(given.length > 0 ? ['--', ...given] : [])].join(' ')
}

const detectors = await wholeDetectors(values.peer)
const ours = detectors.filter(({ version }) => version === '').map(({ name }) => name)
const { rows, lines } = await accuracy(ours)
const pictures = [await portrait(), await frame(), await group(), await twelveMegapixels()]
const budget = values.quick ? { rounds: [5, 15] as const, seconds: 3 } : { rounds: [7, 41] as const, seconds: 20 }
const times = await timeWhole(detectors, values.quick ? pictures.slice(0, 2) : pictures, budget, console.error)
writeSection('Detectors', [
  `\`${command()}\` on ${machine()}; ${engine()}.`,
  '',
  ...lines,
  ...wholeLines(detectors, times, rows),
])
