/** `npm run eval`: how good presets and options are on annotated photographs. */
import { HELP, parseArguments } from './arguments.ts'
import { filesOf, type PhotographSet, partOf, readSet, rowsOf, searchSet } from './evaluate.ts'
import { halfOf } from './photographs.ts'
import { tables } from './report.ts'
import { saveDetections } from './save.ts'

function headline({ truth, points }: PhotographSet, missing: number): string {
  const parts = [`${filesOf({ truth, points }).length} photographs`]
  if (missing > 0) parts.push(`${missing} more that are named are missing from the folder`)
  const faces = truth.images.reduce((sum, image) => sum + image.faces.length, 0)
  const invalid = truth.images.reduce((sum, { valid }) => sum + valid.filter((mark) => !mark).length, 0)
  if (truth.images.length > 0) parts.push(`${faces} annotated faces, ${invalid} of them invalid`)
  if (points.size > 0) parts.push(`landmarks of ${[...points.values()].flat().length} faces`)
  if (truth.images.length > 0) parts.push(`splits ${truth.splits}`)
  return parts.join('; ')
}

async function main(): Promise<void> {
  const options = parseArguments(process.argv.slice(2))
  if (!options) {
    console.log(HELP)
    return
  }
  const { variants, confidence } = options
  const { set, missing } = await readSet(options)
  const found = await searchSet(set, options)
  if (options.save !== undefined) await saveDetections(options.save, variants, found)

  const rows = rowsOf(set, found, variants, options)
  const halves = (options.halves ? (['A', 'B'] as const) : []).flatMap((half) => {
    const part = partOf(set, (file) => halfOf(file) === half)
    if (filesOf(part).length === 0) return []
    const share = part.truth.images.length / set.truth.images.length
    const falsePositives = options.falsePositives?.map((count) => Math.round(count * share))
    return [{ half, part, rows: rowsOf(part, found, variants, { ...options, falsePositives }) }]
  })
  if (options.json) {
    const { splits, images } = set.truth
    const faces = images.reduce((sum, image) => sum + image.faces.length, 0)
    const parts = Object.fromEntries(halves.map(({ half, rows }) => [half, rows]))
    const figures = { variants: rows, ...(options.halves ? { halves: parts } : {}) }
    console.log(JSON.stringify({ splits, images: filesOf(set).length, missing, faces, ...figures }, null, 2))
    return
  }
  console.log(`${headline(set, missing)}\n\n${tables(rows, confidence)}`)
  for (const { half, part, rows } of halves) {
    console.log(`# Half ${half}: ${headline(part, 0)}\n\n${tables(rows, confidence)}`)
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
