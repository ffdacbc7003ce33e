// npm run bench:video: what following faces costs and gives, on clips made from the sample photographs. Each goal is
// printed with what was measured. --only <part> runs parts and writes nothing down; --faults names each fault with its clip,
// seed and frame.
import { parseArgs } from 'node:util'
import { engine, machine, NODE, table, writeSection } from '../report.ts'
import { arriving, behind, calm, costs, type Extent, following, memory, type Part } from './parts.ts'

const PARTS: Record<string, [title: string, run: (extent: Extent) => Promise<Part>]> = {
  // First, before anything else has been compiled for other sizes; memory counts from its own start.
  memory: ['Memory', memory],
  cost: ['Cost', costs],
  following: ['Following', following],
  arriving: ['New faces', arriving],
  jitter: ['Calm', calm],
  lag: ['Motion', behind],
}

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    seeds: { type: 'string', default: '3' },
    faults: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
  },
})
const unknown = values.only.find((name) => !Object.hasOwn(PARTS, name))
if (unknown !== undefined) throw new Error(`no part '${unknown}': there are ${Object.keys(PARTS).join(', ')}`)
const seeds = Number(values.seeds)
if (!(Number.isInteger(seeds) && seeds > 0)) throw new Error(`--seeds must be a whole number; got '${values.seeds}'`)

const extent: Extent = { seeds: values.quick ? 1 : seeds, quick: values.quick, say: console.error }
const chosen = Object.entries(PARTS).filter(([name]) => values.only.length === 0 || values.only.includes(name))
const parts: { title: string; part: Part }[] = []
for (const [, [title, run]] of chosen) parts.push({ title, part: await run(extent) })

const goals = parts.flatMap(({ part }) => part.goals)
const lines = [
  `\`npm run bench:video\` on ${machine()}; ${engine()}.`,
  '',
  table(
    ['goal', 'measured', ''],
    goals.map(({ goal, measured, reached }) => [goal, measured, reached ? 'reached' : 'missed']),
  ),
  ...parts.flatMap(({ title, part }) => ['', `**${title}.** ${part.lines.join('\n')}`]),
]
if (values.faults) console.log(parts.flatMap(({ part }) => part.faults).join('\n'))
if (values.only.length > 0 || values.quick) console.log(`\n${lines.join('\n')}\n`)
else writeSection(`Video, ${NODE}`, lines)
