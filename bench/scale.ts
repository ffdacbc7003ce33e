// npm run bench:scale: time and memory against the size of the image, and how long a start takes.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { search } from '../src/cascade/search.ts'
import type { Pixels } from '../src/image/pixels.ts'
import { DEFAULT_OPTIONS } from '../src/options/options.ts'
import type { Core } from '../src/wasm/core.ts'
import { group } from './images.ts'
import { createCore, loadWeights } from './library.ts'
import { engine, machine, ms, table, writeSection } from './report.ts'
import { inTurns, type Laps, median, medians } from './timing.ts'

const MEGAPIXELS = [0.1, 0.3, 1, 3, 6, 12, 24]
const PROCESSES = 10
const MEBIBYTE = 1 << 20

/** Where cuts of `part` out of `full` begin: as many as there is room for, evenly apart; 0 where not even one fits. */
function starts(full: number, part: number): number[] {
  const count = Math.floor(full / part)
  if (count === 0) return [0]
  return Array.from({ length: count }, (_, n) => Math.floor(((full - part) * (n + 1)) / (count + 1)))
}

/** A cut of the photograph, which goes on beyond its edges with itself. */
function cut(photograph: Pixels, left: number, top: number, width: number, height: number): Pixels {
  const data = new Uint8Array(3 * width * height)
  for (let y = 0; y < height; y++) {
    const row = ((top + y) % photograph.height) * photograph.stride
    for (let x = 0; x < width; ) {
      const from = (left + x) % photograph.width
      const run = Math.min(width - x, photograph.width - from)
      data.set(photograph.data.subarray(row + 3 * from, row + 3 * (from + run)), 3 * (y * width + x))
      x += run
    }
  }
  return { data, width, height, channels: 3, order: 'rgb', stride: 3 * width }
}

/**
 * Images of `megapixels` each, four by three, of the photograph at its own size, so that what there is to find in a megapixel
 * stays about the same: large ones are covered with it, small ones are cut from all over it.
 */
function images(photograph: Pixels, megapixels: number): Pixels[] {
  const width = Math.round(Math.sqrt((megapixels * 1e6 * 4) / 3))
  const height = Math.round((width * 3) / 4)
  const lefts = starts(photograph.width, width)
  const tops = starts(photograph.height, height)
  return tops.flatMap((top) => lefts.map((left) => cut(photograph, left, top, width, height)))
}

const weights = loadWeights()
const { pixels: photograph } = await group()
const cases: { pictures: Pixels[]; core: Core }[] = []
for (const megapixels of MEGAPIXELS) {
  // A core for each: memory never shrinks.
  cases.push({ pictures: images(photograph, megapixels), core: await createCore(weights) })
}
const empty = cases[0]!.core.bytes
const proposals: number[] = []
/** Laps are means over the case's images. */
const runners = cases.map(({ core, pictures }, n) => async (): Promise<Laps> => {
  const sums: Laps = {}
  proposals[n] = 0
  for (const pixels of pictures) {
    const { trace } = await search(core, pixels, DEFAULT_OPTIONS)
    proposals[n] += trace.proposals / pictures.length
    for (const [name, time] of Object.entries(trace.milliseconds))
      sums[name] = (sums[name] ?? 0) + time / pictures.length
  }
  return sums
})
const laps = await inTurns(runners, { rounds: [7, 21], seconds: 60 })
const perMegapixel = laps.map((lap, n) => {
  const { width, height } = cases[n]!.pictures[0]!
  const size = (width * height) / 1e6
  const image = lap.load! + lap.resize! + lap.proposal!
  return { size, total: lap.total! / size, image: image / size, faces: (lap.total! - image) / size }
})
const scaleRows = cases.map(({ core, pictures }, n) => {
  const { width, height } = pictures[0]!
  const { size, total, image, faces } = perMegapixel[n]!
  const beyond = core.bytes - 16 * MEBIBYTE
  return [
    `${width}x${height}`,
    size.toFixed(1),
    pictures.length,
    proposals[n]!.toFixed(0),
    ms(laps[n]!.total!),
    ms(total),
    ms(image),
    ms(faces),
    (core.bytes / MEBIBYTE).toFixed(1),
    Math.max(0, beyond / (width * height)).toFixed(2),
  ]
})
const spread = (values: number[]) => `${(100 * (Math.max(...values) / median(values) - 1)).toFixed(0)} %`

/** A fresh process that starts a detector of the built package; prints its milliseconds as JSON. */
const STARTS = {
  'weights in the package': '{}',
  'weights from a file': `{ weights: ${JSON.stringify(new URL('../weights/mtcnn-f32.bin', import.meta.url).href)} }`,
}
const library = new URL('../dist/index.node.js', import.meta.url).href
const program = (options: string) => `
  const start = performance.now()
  const { MTCNN } = await import(${JSON.stringify(library)})
  const imported = performance.now()
  const detector = await MTCNN.create(${options})
  const created = performance.now()
  const image = { data: new Uint8Array(640 * 480 * 3).map((_, n) => n * 2654435761 >>> 24), width: 640, height: 480 }
  const ready = performance.now()
  await detector.detectFaces(image)
  const answered = performance.now()
  console.log(JSON.stringify({
    boot: start, import: imported - start, create: created - imported, first: answered - ready,
    whole: answered - (ready - created),
  }))
  detector.dispose()
`

function startUp(executable: string, options: string): Laps {
  const { stdout, stderr, status } = spawnSync(executable, ['--input-type=module', '-e', program(options)], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout) as Laps
}

const newer = fileURLToPath(new URL('node_modules/node/bin/node', import.meta.url))
const startRows: string[][] = []
for (const [label, executable] of [
  [`Node ${process.versions.node}`, process.execPath],
  ['Node 24', newer],
] as const) {
  for (const [name, options] of Object.entries(STARTS)) {
    const runs = Array.from({ length: PROCESSES }, () => startUp(executable, options))
    const { boot, import: imported, create, first, whole } = medians(runs) as Record<string, number>
    startRows.push([`${label}, ${name}`, ...[boot!, imported!, create!, first!, whole!].map(ms)])
  }
}

writeSection('Scale', [
  `\`npm run bench:scale\` on ${machine()}; ${engine()}.`,
  '',
  'The group photograph side by side until the image is full, or cuts from all over it and their mean; minFaceSize 20. "Image":',
  'load, pyramid and P-Net, which depend on the size alone; "faces": patches, R-Net and O-Net, which depend on what is in the',
  `image. Memory is all of the WebAssembly memory, ${(empty / MEBIBYTE).toFixed(1)} MiB of it before the first image; the last`,
  'column what lies beyond 16 MiB, by pixel.',
  '',
  table(
    [
      'image',
      'MP',
      'images',
      'R-Net patches',
      'ms',
      'ms/MP',
      'image, ms/MP',
      'faces, ms/MP',
      'memory, MiB',
      'bytes/pixel over 16 MiB',
    ],
    scaleRows,
  ),
  '',
  `Over the median: whole ${spread(perMegapixel.map(({ total }) => total))} at most, image ${spread(perMegapixel.map(({ image }) => image))}.`,
  '',
  `Starting in a fresh process, ms, median of ${PROCESSES}; the first answer is for 640x480 pixels.`,
  '',
  table(['', 'engine until then', 'import', 'create', 'first answer', 'all, from the start of the process'], startRows),
])
