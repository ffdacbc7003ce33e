// npm run bench:bulk [-- --images 100]: images per second of the command line over a folder, with one worker and with two, beside a
// plain loop over detectFaces.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { photographFile } from '../test/helpers/photographs.ts'
import { engine, machine, NODE, table, times, writeSection } from './report.ts'
import { median } from './timing.ts'

type Library = typeof import('../src/index.node.ts')
const library = (await import(new URL('../dist/index.node.js', import.meta.url).href)) as Library
const program = fileURLToPath(new URL('../dist/cli.js', import.meta.url))

const SAMPLES = [
  photographFile('tracking', 'examples/assets/faces.jpg'),
  ...[1, 2, 3, 4, 5, 6].map((n) => photographFile('@vladmandic/face-api', `demo/sample${n}.jpg`)),
]

/** Each contender does the images in as many parts, in turns with the others: whatever else the machine does meets all alike. */
const PARTS = 10

const { values } = parseArgs({ options: { images: { type: 'string', default: '500' } } })
const perPart = Math.max(SAMPLES.length, Math.round(Number(values.images) / PARTS))
const folder = await mkdtemp(join(tmpdir(), 'mtcnn-bench-'))
const album = join(folder, 'album')
await mkdir(album)
for (let n = 0; n < perPart; n++) await cp(SAMPLES[n % SAMPLES.length]!, join(album, `${n}.jpg`))

async function loop(): Promise<void> {
  const detector = await library.MTCNN.create()
  for (const name of await readdir(album)) await detector.detectFaces(join(album, name))
  detector.dispose()
}

let runs = 0
async function command(...argv: string[]): Promise<void> {
  const out = join(folder, `${runs++}.jsonl`)
  const child = spawn(process.execPath, [program, 'detect', album, '--out', out, '--quiet', ...argv], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const [code] = await once(child, 'exit')
  const lines = (await readFile(out, 'utf8')).split('\n').length - 1
  if (code !== 0 || lines !== perPart) throw new Error(`exit code ${code}, ${lines} lines of ${perPart}`)
}

const contenders = [
  { name: 'a loop: `await detector.detectFaces(file)`', run: loop },
  { name: '`mtcnn-wasm detect album --out faces.jsonl --workers 1`', run: () => command('--workers', '1') },
  { name: 'the same with `--workers 2`', run: () => command('--workers', '2') },
]
const seconds: number[][] = contenders.map(() => [])
try {
  for (let part = 0; part <= PARTS; part++) {
    for (const [index, { run }] of contenders.entries()) {
      const start = performance.now()
      await run()
      // The first part warms up the caches of the disk.
      if (part > 0) seconds[index]!.push((performance.now() - start) / 1000)
    }
    console.error(`part ${part} of ${PARTS}`)
  }
} finally {
  await rm(folder, { recursive: true })
}

const gainOver = (one: number, other: number) =>
  median(seconds[one]!.map((time, part) => time / seconds[other]![part]!))
const rows = contenders.map(({ name }, index) => [
  name,
  (perPart / median(seconds[index]!)).toFixed(1),
  times(gainOver(0, index)),
  index === 0 ? '' : times(gainOver(1, index)),
])
writeSection(`Bulk, ${NODE}`, [
  `\`npm run bench:bulk\` on ${machine()}; ${engine()}.`,
  '',
  `${perPart * PARTS} photographs (copies of ${SAMPLES.length}), decoded and searched, in ${PARTS} parts, contenders in turns; starting the`,
  'program and its workers is part of the time. Medians.',
  '',
  table(['', 'images per second', 'against the loop', 'against one worker'], rows),
])
