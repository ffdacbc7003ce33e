// npm run bench:kernels: what the kernels reach, beside what the machine gives.
import { readFileSync } from 'node:fs'
import { type Core, OUTPUT_NET, REFINE_NET } from '../src/core.ts'
import { DEFAULT_OPTIONS } from '../src/options.ts'
import { type Level, planPyramid } from '../src/pyramid.ts'
import { frame, group } from './images.ts'
import { timedLayers } from './layers.ts'
import { createCore, loadWeights } from './library.ts'
import { engine, machine, ms, table, writeSection } from './report.ts'
import { inTurns, type Laps } from './timing.ts'

interface Peak {
  floats(turns: number): number
  words(turns: number): number
}

const BUDGET = { rounds: [9, 61], seconds: 20 } as const
/** Milliseconds of work between two readings of the clock. */
const PORTION = 2

function loadPeak(name: string): Peak | undefined {
  const bytes = readFileSync(new URL(`build/${name}.wasm`, import.meta.url))
  if (!WebAssembly.validate(bytes)) return undefined
  return new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as unknown as Peak
}

/** A runner whose lap is the time of one call, taken over as many calls as fill a portion. */
function repeated(work: () => void): () => Promise<Laps> {
  let calls = 1
  return async () => {
    const start = performance.now()
    for (let n = 0; n < calls; n++) work()
    const took = performance.now() - start
    if (took < PORTION / 2) calls *= 2
    return { ms: took / calls }
  }
}

/** Multiply-adds of P-Net's convolutions over a level, done directly. */
function pnetWork({ width, height }: Level): number {
  const pooled = (side: number) => Math.ceil((side - 2) / 2)
  const cells = (less: number) => (pooled(width) - less) * (pooled(height) - less)
  return 270 * (width - 2) * (height - 2) + 1440 * cells(2) + (4608 + 192) * cells(4)
}

const RNET_WORK = 756 * 22 ** 2 + 12096 * 9 ** 2 + 12288 * 9 + 73728 + 128 * 6
const ONET_WORK = 864 * 46 ** 2 + 18432 * 21 ** 2 + 36864 * 64 + 32768 * 9 + 294912 + 256 * 16

const weights = loadWeights()
const core = await createCore(weights)
const peak = loadPeak('peak')!
const relaxed = loadPeak('peak-relaxed')
const TURNS = 40_000

await arithmetic()

async function arithmetic(): Promise<void> {
  const layers = timedLayers(new URL('build/layers.wasm', import.meta.url), weights)
  const { pixels } = await frame()
  const { width, height } = pixels
  const levels = planPyramid(width, height, DEFAULT_OPTIONS.minFaceSize, DEFAULT_OPTIONS.scaleFactor)
  const first = levels[0]!
  core.loadFrame(pixels, { x: 0, y: 0, width, height }, first)
  core.makeLevel(first)
  for (const net of [REFINE_NET, OUTPUT_NET]) {
    for (let n = 0; n < net.batch; n++) core.makePatch(net, n, 10 + n, 10 + n, 110 + n, 110 + n)
  }
  const nets = [
    { name: `P-Net, level of ${first.width}x${first.height}`, work: pnetWork(first), run: () => propose(core, first) },
    { name: `R-Net, ${REFINE_NET.batch} patches`, work: REFINE_NET.batch * RNET_WORK, run: () => runNet(REFINE_NET) },
    { name: `O-Net, ${OUTPUT_NET.batch} patches`, work: OUTPUT_NET.batch * ONET_WORK, run: () => runNet(OUTPUT_NET) },
  ]
  const runners = [
    () => peak.floats(TURNS),
    () => peak.words(TURNS),
    ...(relaxed ? [() => relaxed.floats(TURNS)] : []),
    ...nets.map(({ run }) => run),
    ...layers.map(({ run }) => run),
  ].map(repeated)
  const took = (await inTurns(runners, BUDGET)).map((laps) => laps.ms!)
  const rate = (work: number, time: number) => work / time / 1e6
  const top = rate(48 * TURNS, took[0]!)
  const share = (value: number) => `${((100 * value) / top).toFixed(0)} %`
  const [netsAt, layersAt] = [relaxed ? 3 : 2, (relaxed ? 3 : 2) + nets.length]
  const peaks = [
    ['f32x4 multiply, then add', top.toFixed(1)],
    ['i32x4 dot of i16x8, then add', rate(96 * TURNS, took[1]!).toFixed(1)],
    ['f32x4 relaxed multiply-add', relaxed ? rate(48 * TURNS, took[2]!).toFixed(1) : 'not in this engine'],
  ]
  const netRows = nets.map(({ name, work }, n) => {
    const direct = rate(work, took[netsAt + n]!)
    return [name, ms(took[netsAt + n]!), direct.toFixed(1), share(direct)]
  })
  const layerRows = layers.map(({ name, kernel, direct, done }, n) => {
    const time = took[layersAt + n]!
    const [asked, spent] = [rate(direct, time), rate(done, time)]
    return [name, kernel, (1000 * time).toFixed(1), asked.toFixed(1), share(asked), share(spent)]
  })
  writeSection('Kernels', [
    `\`npm run bench:kernels\` on ${machine()}; ${engine()}.`,
    '',
    'GMAC/s: thousand million multiply-adds a second, counted as a direct convolution needs them. Shares are of the first peak;',
    'over 100 % where the algorithm needs fewer. "Busy": those actually multiplied, padding included; the rest of the time goes',
    'into transforms, loads and stores.',
    '',
    table(['peak, registers only', 'GMAC/s'], peaks),
    '',
    table(['whole net', 'ms', 'GMAC/s', 'share of the peak'], netRows),
    '',
    table(['layer', 'kernel', 'microseconds a call', 'GMAC/s', 'share of the peak', 'busy'], layerRows),
    '',
    ...(await otherKernels()),
  ])
}

function propose(core: Core, level: Level): void {
  core.propose(level, DEFAULT_OPTIONS.thresholds.proposal, 0)
}

function runNet(net: typeof REFINE_NET): void {
  core.run(net, net.batch)
}

/** Resampling and suppression: what lies between the nets. */
async function otherKernels(): Promise<string[]> {
  const { pixels } = await group()
  const { width, height } = pixels
  const levels = planPyramid(width, height, DEFAULT_OPTIONS.minFaceSize, DEFAULT_OPTIONS.scaleFactor)
  core.loadFrame(pixels, { x: 0, y: 0, width, height }, levels[0])
  const resizes = levels.slice(0, 4).map((level) => ({
    name: `level of ${level.width}x${level.height} from ${width}x${height}`,
    work: width * height,
    run: () => core.makeLevel(level),
  }))
  const crops = [30, 100, 400].flatMap((side) =>
    [REFINE_NET, OUTPUT_NET].map((net) => ({
      name: `patch of ${net.side} px from ${side} px`,
      work: side * side,
      run: () => core.makePatch(net, 0, 200, 200, 199 + side, 199 + side),
    })),
  )
  const lists = [500, 5000].map((count) => {
    core.makeRoom(count, 0)
    return { name: `suppression of ${count} candidates`, work: count, run: () => suppress(count) }
  })
  const all = [...resizes, ...crops, ...lists]
  const took = (
    await inTurns(
      all.map(({ run }) => repeated(run)),
      BUDGET,
    )
  ).map((laps) => laps.ms!)
  const rows = all.map(({ name, work }, n) => {
    return [name, (1000 * took[n]!).toFixed(1), (work / took[n]! / 1000).toFixed(work > 10_000 ? 0 : 1)]
  })
  return [table(['between the nets', 'microseconds a call', 'source pixels or candidates a microsecond'], rows)]
}

/** Candidates all over the image in clusters of ten, made anew each time. Returns the milliseconds of suppression alone. */
function suppress(count: number): number {
  const list = core.list(0, count)
  const regression = new Float32Array(4)
  for (let n = 0; n < count; n++) {
    const cluster = Math.floor(n / 10)
    const [x, y] = [(cluster * 373) % 1800, (cluster * 211) % 1300]
    const side = 20 + ((cluster * 7) % 60)
    list.setBox(n, x + (n % 10), y + ((3 * n) % 10), x + (n % 10) + side, y + ((3 * n) % 10) + side)
    list.advance(n, n, 0.6 + ((n * 7919) % 4000) / 10_000, regression)
  }
  const start = performance.now()
  core.suppress(0, count, DEFAULT_OPTIONS.nms.level, 'union')
  return performance.now() - start
}
