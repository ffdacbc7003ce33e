// npm run bench:accuracy: how far the kernels are from exact arithmetic, and the detector from the reference's answers.
// The measure is test/reference: plain loops in float64 with the same float32 weights. Fails where a bound is exceeded.
import { parseArgs } from 'node:util'
import type { Detection, Nets } from '../src/cascade/context.ts'
import { cellsAlong, planPyramid } from '../src/cascade/pyramid.ts'
import { search } from '../src/cascade/search.ts'
import type { Pixels } from '../src/image/pixels.ts'
import { DEFAULT_OPTIONS } from '../src/options/options.ts'
import { resolveOptions } from '../src/options/resolve.ts'
import type { Core } from '../src/wasm/core.ts'
import { type Level, OUTPUT_NET, type PatchNet, REFINE_NET } from '../src/wasm/nets.ts'
import {
  type Fixture,
  fixtureImage,
  fixtureName,
  fixtures,
  noise,
  type Photograph,
} from '../test/helpers/photographs.ts'
import { congruentialBytes } from '../test/helpers/random.ts'
import { grid } from '../test/reference/conv.ts'
import { onet, pnet, rnet, type ScoreMap } from '../test/reference/nets.ts'
import { loadParameters } from '../test/reference/parameters.ts'
import { createCore, createFastCore, loadWeights } from './library.ts'
import { engine, machine, table, writeSection } from './report.ts'

const BOUNDS = { 'P-Net logit': 1e-4, 'box, px': 0.02, 'landmark, px': 0.02, confidence: 5e-5 } as const
/** Scores this close to a threshold are named. */
const CLOSE = 1e-4
/** Patches of one photograph that are checked. */
const PATCHES = { 24: 60, 48: 30 } as const

class Errors {
  count = 0
  max = 0
  /** The exact number where the error was largest. */
  at = 0
  #squares = 0

  add(actual: number, exact: number): void {
    const error = Math.abs(actual - exact)
    this.count++
    this.#squares += error * error
    // Written so that NaN shows.
    if (error <= this.max) return
    this.max = error
    this.at = exact
  }

  get rms(): number {
    return Math.sqrt(this.#squares / Math.max(1, this.count))
  }
}

/** By what was measured and on what: "P-Net logit" on "photographs". */
const errors = new Map<string, Errors>()
const closeCalls: string[][] = []
const failures: string[] = []

function of(what: string, where: string): Errors {
  const key = `${what}|${where}`
  const found = errors.get(key) ?? new Errors()
  errors.set(key, found)
  return found
}

const parameters = loadParameters()
const { values } = parseArgs({ options: { fast: { type: 'boolean', default: false } } })
const weights = loadWeights()
const core = await (values.fast ? fastCore() : createCore(weights))

async function fastCore(): Promise<Core> {
  const fast = await createFastCore(weights)
  if (!fast) throw new Error("no relaxed SIMD in this engine: precision 'fast' is the same as 'exact' here")
  return fast
}

function toPixels({ data, width, height }: Photograph): Pixels {
  return { data, width, height, channels: 3, order: 'rgb', stride: 3 * width }
}

/** Every cell of the level in use against float64. */
async function checkLevel(level: Level, where: string): Promise<ScoreMap> {
  const { width, height } = level
  const exact = pnet({ data: core.levelPixels(level).slice(), width, height, channels: 3 }, parameters)
  const [columns, rows] = [cellsAlong(width), cellsAlong(height)]
  const count = await core.propose(level, 0)
  if (count !== columns * rows || count !== exact.logits.length) throw new Error(`${count} cells at threshold 0`)
  if (count === 0) return exact
  const list = core.levelCandidates(count)
  const [logits, regressions] = [of('P-Net logit', where), of('P-Net regression', where)]
  for (let n = 0; n < count; n++) {
    const order = list.order(n)
    const cell = (order % rows) * columns + Math.floor(order / rows)
    logits.add(list.logit(n), exact.logits[cell]!)
    for (let k = 0; k < 4; k++) regressions.add(list.regression(n, k), exact.regressions[4 * cell + k]!)
  }
  return exact
}

/** The patches in a net's batch against float64; the twin is fed the very same floats. */
function checkPatches(net: PatchNet, count: number, where: string): void {
  const name = net.name === 'rnet' ? 'R-Net' : 'O-Net'
  const patches = core.patches(net, count).slice()
  core.run(net, count)
  const answers = core.answers(net, count)
  const { side, pitch } = net
  for (let n = 0; n < count; n++) {
    const patch = grid(side, side, 3)
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        for (let c = 0; c < 3; c++) {
          patch.data[(y * side + x) * 3 + c] = patches[4 * ((n * pitch + y) * pitch + x) + c]! * 128 + 127.5
        }
      }
    }
    const at = n * net.answer
    const exact = net.name === 'rnet' ? rnet(patch, parameters) : onet(patch, parameters)
    of(`${name} logit`, where).add(answers[at]!, exact.logit)
    of(`${name} score`, where).add(answers[at + net.scoreAt]!, exact.score)
    exact.regression.forEach((value, k) => {
      of(`${name} regression`, where).add(answers[at + 1 + k]!, value)
    })
    if ('landmarks' in exact) {
      const landmarks = exact.landmarks as Float64Array
      landmarks.forEach((value, k) => {
        of(`${name} landmark`, where).add(answers[at + 5 + k]!, value)
      })
    }
  }
}

/** Some of a photograph's proposals, evenly spread, through both patch nets. */
function checkProposals(boxes: readonly (readonly [number, number, number, number])[]): void {
  for (const net of [REFINE_NET, OUTPUT_NET]) {
    const step = Math.max(1, Math.ceil(boxes.length / PATCHES[net.side]))
    let filled = 0
    for (let n = 0; n < boxes.length; n += step) {
      if (core.makePatch(net, filled, ...boxes[n]!)) filled++
      if (filled === net.batch || (n + step >= boxes.length && filled > 0)) {
        checkPatches(net, filled, 'photographs')
        filled = 0
      }
    }
  }
}

async function checkNoise(): Promise<void> {
  const image = toPixels(noise(320, 240))
  const { width, height } = image
  const levels = planPyramid(width, height, 12, DEFAULT_OPTIONS.scaleFactor)
  await core.loadFrame(image, { x: 0, y: 0, width, height }, levels)
  for (const [n, level] of levels.entries()) {
    core.useLevel(n)
    await checkLevel(level, 'noise')
  }
  const next = congruentialBytes(12345)
  for (const net of [REFINE_NET, OUTPUT_NET]) {
    for (let round = 0; round < 4; round++) {
      const patches = core.patches(net, net.batch)
      for (let n = 0; n < patches.length; n++) {
        const x = Math.floor(n / 4) % net.pitch
        const y = Math.floor(n / 4 / net.pitch) % net.pitch
        if (n % 4 === 3 || x >= net.side || y >= net.side) continue
        patches[n] = (next() - 127.5) / 128
      }
      checkPatches(net, net.batch, 'noise')
    }
  }
}

/** The cascade's answer against the reference's, and the scores on the way that lie close to a threshold. */
async function checkFixture(fixture: Fixture, image: Photograph, maps: readonly ScoreMap[]): Promise<void> {
  const name = fixtureName(fixture)
  const { minFaceSize, scaleFactor, thresholds } = fixture.options
  const [proposal, refine, output] = thresholds
  const given = { minFaceSize, scaleFactor, thresholds: { proposal, refine, output } }
  maps.forEach((map, n) => {
    map.scores.forEach((score, cell) => {
      if (Math.abs(score - proposal) >= CLOSE) return
      const place = `level ${n}, cell ${cell % map.width}, ${Math.floor(cell / map.width)}`
      closeCalls.push([name, place, difference(score - proposal)])
    })
  })
  const nets: Nets = {
    propose: (...all) => core.propose(...all),
    run(net, count) {
      core.run(net, count)
      const answers = core.answers(net, count)
      const threshold = net.stage === 'refine' ? refine : output
      for (let n = 0; n < count; n++) {
        const score = answers[n * net.answer + net.scoreAt]!
        if (threshold === 0 || Math.abs(score - threshold) >= CLOSE) continue
        closeCalls.push([name, net.name === 'rnet' ? 'R-Net' : 'O-Net', difference(score - threshold)])
      }
    },
  }
  const { detections, trace } = await search(
    core,
    toPixels(image),
    resolveOptions(DEFAULT_OPTIONS, given),
    'candidates',
    nets,
  )
  const counts = ({ levels, proposals, refinePassed, refined, outputPassed }: typeof trace | Fixture['trace']) => {
    const perLevel = levels.map(({ passed, afterNms }) => `${passed}/${afterNms}`).join(' ')
    return `${perLevel}; ${[proposals, refinePassed, refined, outputPassed].join(' ')}`
  }
  const [found, wanted] = [counts(trace), counts(fixture.trace)]
  if (found !== wanted) failures.push(`${name}: counts ${found}, wanted ${wanted}`)
  if (detections.length !== fixture.faces.length) {
    failures.push(`${name}: ${detections.length} faces, wanted ${fixture.faces.length}`)
    return
  }
  compareFaces(detections, fixture.faces)
}

function difference(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toExponential(1)}`
}

function compareFaces(detections: readonly Detection[], faces: Fixture['faces']): void {
  for (const { rect, confidence, points } of faces) {
    const corners = ({ x1, y1, x2, y2 }: Detection) => [x1, y1, x2, y2]
    const far = (other: Detection) => Math.max(...corners(other).map((value, n) => Math.abs(value - rect[n]!)))
    const nearest = detections.reduce((best, other) => (far(other) < far(best) ? other : best))
    corners(nearest).forEach((value, n) => {
      of('box, px', 'fixtures').add(value, rect[n]!)
    })
    of('confidence', 'fixtures').add(nearest.confidence, confidence)
    points.forEach(([x, y], n) => {
      of('landmark, px', 'fixtures').add(nearest.points![n]!, x)
      of('landmark, px', 'fixtures').add(nearest.points![n + 5]!, y)
    })
  }
}

const exactMaps = new Map<string, ScoreMap>()
const seen = new Set<string>()
for (const fixture of fixtures) {
  console.error(fixtureName(fixture))
  const image = await fixtureImage(fixture)
  const { width, height } = image
  const hash = fixture.image.sha256OfRgb
  const where = fixture.image.derived?.startsWith('noise') ? 'noise' : 'photographs'
  const { minFaceSize, scaleFactor } = fixture.options
  const levels = planPyramid(width, height, minFaceSize, scaleFactor)
  await core.loadFrame(toPixels(image), { x: 0, y: 0, width, height }, levels)
  const maps: ScoreMap[] = []
  for (const [n, level] of levels.entries()) {
    core.useLevel(n)
    const key = `${hash} ${level.width}x${level.height}`
    const map = exactMaps.get(key) ?? (await checkLevel(level, where))
    exactMaps.set(key, map)
    maps.push(map)
  }
  await checkFixture(fixture, image, maps)
  if (seen.has(hash)) continue
  seen.add(hash)
  const { trace } = await search(core, toPixels(image), DEFAULT_OPTIONS, 'candidates')
  checkProposals(trace.proposalBoxes)
}
await checkNoise()

const rows = [...errors].map(([key, { count, rms, max, at }]) => {
  const [what, where] = key.split('|') as [string, string]
  const bound = BOUNDS[what as keyof typeof BOUNDS] as number | undefined
  if (bound !== undefined && !(max <= bound)) failures.push(`${what} on ${where}: ${max}, at most ${bound} wanted`)
  return [what, where, count, rms.toExponential(1), max.toExponential(1), at.toPrecision(3), bound?.toString() ?? '']
})
rows.sort(([a, b], [c, d]) => `${a} ${b}`.localeCompare(`${c} ${d}`))
writeSection(values.fast ? "Accuracy of precision 'fast'" : 'Accuracy', [
  `\`npm run bench:accuracy${values.fast ? ' -- --fast' : ''}\` on ${machine()}; ${engine()}.`,
  '',
  'Nets: against plain float64 loops over the same weights and inputs, every cell of every level of the photographs in',
  'test/fixtures and of noise, and patches of their proposals. Fixtures: faces against the answers of the reference, which sums',
  `in float32 itself. ${fixtures.length} fixtures, ${failures.length === 0 ? 'every count equal' : 'with failures'}.`,
  '',
  table(['', 'on', 'numbers', 'rms error', 'largest error', 'of', 'bound'], rows),
  '',
  `Scores within ${CLOSE} of their threshold, where a larger error would change a count:`,
  '',
  table(['fixture', 'where', 'score − threshold'], closeCalls),
  ...(failures.length > 0 ? ['', '**Failures**', '', ...failures.map((text) => `- ${text}`)] : []),
])
if (failures.length > 0) process.exitCode = 1
