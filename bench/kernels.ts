// npm run bench:kernels: what the kernels reach, beside what the machine gives.
import { readFileSync } from 'node:fs'
import { planPyramid } from '../src/cascade/pyramid.ts'
import type { Pixels } from '../src/image/pixels.ts'
import { DEFAULT_OPTIONS } from '../src/options/options.ts'
import type { Core } from '../src/wasm/core.ts'
import { type Level, OUTPUT_NET, REFINE_NET } from '../src/wasm/nets.ts'
import { frame, group } from './images.ts'
import { timedLayers } from './layers.ts'
import { createCore, createFastCore, loadWeights } from './library.ts'
import { engine, machine, ms, NODE, table, writeSection } from './report.ts'
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
  const memory = new WebAssembly.Memory({ initial: 16, maximum: 65536 })
  return new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } }).exports as unknown as Peak
}

/**
 * A runner whose lap is the time of one call, taken over as many calls as fill a portion.
 *
 * @param work - Gives the milliseconds that count where it does more than what is timed.
 */
function repeated(work: () => unknown): () => Promise<Laps> {
  let calls = 1
  return async () => {
    const start = performance.now()
    let told = 0
    for (let n = 0; n < calls; n++) {
      const given = work()
      const said = given instanceof Promise ? await given : given
      if (typeof said === 'number') told += said
    }
    const took = told || performance.now() - start
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
const fastCore = await createFastCore(weights)
const TURNS = 40_000
const { floats, words } = loadPeak('peak')!
const fused = loadPeak('peak-relaxed')?.floats

await arithmetic()

interface Timed {
  readonly name: string
  readonly work: number
  run(): unknown
}

/** The three nets on a core, on a level and patches of the frame. */
async function wholeNets(core: Core): Promise<Timed[]> {
  const { pixels } = await frame()
  const { width, height } = pixels
  const { minFaceSize, scaleFactor, thresholds } = DEFAULT_OPTIONS
  const first = planPyramid(width, height, minFaceSize, scaleFactor)[0]!
  await core.loadFrame(pixels, { x: 0, y: 0, width, height }, [first])
  const patches = [REFINE_NET, OUTPUT_NET].flatMap((net): Timed[] => {
    for (let n = 0; n < net.batch; n++) core.makePatch(net, n, 10 + n, 10 + n, 110 + n, 110 + n)
    const [name, work] = net.name === 'rnet' ? ['R-Net', RNET_WORK] : ['O-Net', ONET_WORK]
    return [1, 2, 3, net.batch].map((count) => {
      return {
        name: `${name}, ${count === 1 ? 'a patch' : `${count} patches`}`,
        work: count * work,
        run: () => core.run(net, count),
      }
    })
  })
  const run = async () => void (await core.propose(first, thresholds.proposal))
  return [{ name: `P-Net, level of ${first.width}x${first.height}`, work: pnetWork(first), run }, ...patches]
}

async function arithmetic(): Promise<void> {
  const layers = (name: string) => timedLayers(new URL(`build/${name}.wasm`, import.meta.url), weights)
  const strict = { nets: await wholeNets(core), layers: layers('layers') }
  const relaxed = fastCore && { nets: await wholeNets(fastCore), layers: layers('layers-relaxed') }
  const peaks = [() => void floats(TURNS), () => void words(TURNS), ...(fused ? [() => void fused(TURNS)] : [])]
  const runs = [
    ...peaks,
    ...[strict, ...(relaxed ? [relaxed] : [])].flatMap(({ nets, layers }) =>
      [...nets, ...layers].map(({ run }) => run),
    ),
  ]
  const took = (await inTurns(runs.map(repeated), BUDGET)).map((laps) => laps.ms!)
  const [floatTime, wordTime, fusedTime] = took.splice(0, peaks.length) as [number, number, number | undefined]
  const rate = (work: number, time: number) => work / time / 1e6
  const top = rate(48 * TURNS, floatTime)
  const share = (value: number) => `${((100 * value) / top).toFixed(0)} %`
  const half = strict.nets.length + strict.layers.length
  const fast = (n: number, digits: (time: number) => string) => (relaxed ? [digits(took[half + n]!)] : [])
  const micro = (time: number) => (1000 * time).toFixed(1)
  const netRows = strict.nets.map(({ name, work }, n) => {
    const asked = rate(work, took[n]!)
    return [name, ms(took[n]!), asked.toFixed(1), share(asked), ...fast(n, ms)]
  })
  const layerRows = strict.layers.map(({ name, kernel, direct, done }, layer) => {
    const n = strict.nets.length + layer
    const [asked, spent] = [rate(direct, took[n]!), rate(done, took[n]!)]
    return [name, kernel, micro(took[n]!), asked.toFixed(1), share(asked), share(spent), ...fast(n, micro)]
  })
  const more = relaxed ? ["precision 'fast'"] : []
  writeSection(`Kernels, ${NODE}`, [
    `\`npm run bench:kernels\` on ${machine()}; ${engine()}.`,
    '',
    'GMAC/s: thousand million multiply-adds a second, counted as a direct convolution needs them. Shares are of the first peak;',
    'over 100 % where the algorithm needs fewer. "Busy": those actually multiplied, padding included; the rest of the time goes',
    'into transforms, loads and stores.',
    '',
    table(
      ['peak, registers only', 'GMAC/s'],
      [
        ['f32x4 multiply, then add', top.toFixed(1)],
        ['i32x4 dot of i16x8, then add', rate(96 * TURNS, wordTime).toFixed(1)],
        ['f32x4 relaxed multiply-add', fusedTime ? rate(48 * TURNS, fusedTime).toFixed(1) : 'not in this engine'],
      ],
    ),
    '',
    table(['whole net', 'ms', 'GMAC/s', 'share of the peak', ...more], netRows),
    '',
    table(['layer', 'kernel', 'microseconds a call', 'GMAC/s', 'share of the peak', 'busy', ...more], layerRows),
    '',
    ...(await otherKernels()),
  ])
}

/** Resampling and suppression: what lies between the nets. */
async function otherKernels(): Promise<string[]> {
  const { pixels } = await group()
  const { width, height } = pixels
  const levels = planPyramid(width, height, DEFAULT_OPTIONS.minFaceSize, DEFAULT_OPTIONS.scaleFactor)
  await core.loadFrame(pixels, { x: 0, y: 0, width, height }, levels)
  const resizes = [
    { name: `all ${levels.length} levels from ${width}x${height}`, chosen: levels },
    ...[levels[0]!, levels.at(-1)!].map((level) => {
      return { name: `level of ${level.width}x${level.height} alone`, chosen: [level] }
    }),
  ].map(({ name, chosen }) => ({ name, work: width * height, run: () => resize(pixels, chosen) }))
  const crops = [30, 100, 400].flatMap((side) =>
    [REFINE_NET, OUTPUT_NET].map((net) => ({
      name: `patch of ${net.side} px from ${side} px`,
      work: side * side,
      run: () => core.makePatch(net, 0, 200, 200, 199 + side, 199 + side),
    })),
  )
  const lists = [500, 5000].map((count) => {
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

/** Brings an image in; returns the milliseconds of resizing alone. */
async function resize(pixels: Pixels, levels: readonly Level[]): Promise<number> {
  const { width, height } = pixels
  const sums = { load: 0, resize: 0 }
  let last = performance.now()
  const addTime = (sum: keyof typeof sums) => {
    const now = performance.now()
    sums[sum] += now - last
    last = now
  }
  await core.loadFrame(pixels, { x: 0, y: 0, width, height }, levels, { addTime })
  return sums.resize
}

/** Candidates all over the image in clusters of ten, made anew each time. Returns the milliseconds of suppression alone. */
function suppress(count: number): number {
  core.clear()
  const list = core.levelCandidates(count)
  const regression = new Float32Array(4)
  for (let n = 0; n < count; n++) {
    const cluster = Math.floor(n / 10)
    const [x, y] = [(cluster * 373) % 1800, (cluster * 211) % 1300]
    const side = 20 + ((cluster * 7) % 60)
    list.setBox(n, x + (n % 10), y + ((3 * n) % 10), x + (n % 10) + side, y + ((3 * n) % 10) + side)
    list.advance(n, n, 0.6 + ((n * 7919) % 4000) / 10_000, regression)
  }
  const start = performance.now()
  core.suppressLevel(count, DEFAULT_OPTIONS.nms.level)
  return performance.now() - start
}
