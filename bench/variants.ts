// npm run bench:variants: what the rules of docs/kernels.md, "V8", are worth in this engine.
import { readFileSync } from 'node:fs'
import { engine, machine, NODE, table, writeSection } from './report.ts'
import { inTurns } from './timing.ts'

/** assembly/variants.ts; pointers and sizes in bytes. */
interface Variants {
  oneStep(a: number, aStride: number, kBytes: number, b: number, c: number): void
  fourSteps(a: number, aStride: number, kBytes: number, b: number, c: number): void
  preluPmax(x: number, bytes: number, slope: number): void
  preluMax(x: number, bytes: number, slope: number): void
  constantsLoaded(d: number, bytes: number, t: number): void
  constantsInCode(d: number, bytes: number, t: number): void
  constantsSplat(
    ...all: [d: number, bytes: number, t: number, root2: number, half: number, two: number, more: number]
  ): void
}

const CALLS = 2000
const BUDGET = { rounds: [15, 101], seconds: 15 } as const
// Places in the memory; all that a call touches stays in the first-level cache.
const [A, B, C] = [65536, 2 * 65536, 3 * 65536]

const memory = new WebAssembly.Memory({ initial: 16, maximum: 65536 })
const module = new WebAssembly.Module(readFileSync(new URL('build/variants.wasm', import.meta.url)))
const kernels = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Variants
new Float32Array(memory.buffer, A, (C - A) / 4).forEach((_, n, all) => {
  all[n] = ((n * 2654435761) % 4096) / 2048 - 1
})

const ROW = 64 * 4
const constants = [Math.SQRT2, 0.5, 2, 2.5] as const
const RULES: readonly { rule: string; ways: readonly (readonly [string, () => void])[] }[] = [
  {
    rule: 'steps of k in a turn of a block of 2 x 16, k = 64',
    ways: [
      ['one', () => kernels.oneStep(A, ROW, ROW, B, C)],
      ['four', () => kernels.fourSteps(A, ROW, ROW, B, C)],
    ],
  },
  {
    rule: 'PReLU of 4096 numbers',
    ways: [
      ['pmax', () => kernels.preluPmax(A, 16384, 0.25)],
      ['max', () => kernels.preluMax(A, 16384, 0.25)],
    ],
  },
  {
    rule: 'constants of the input transform of F(4, 3), rows of 512 numbers',
    ways: [
      ['loaded', () => kernels.constantsLoaded(A, 2048, B)],
      ['in the code', () => kernels.constantsInCode(A, 2048, B)],
      ['splat from parameters', () => kernels.constantsSplat(A, 2048, B, ...constants)],
    ],
  },
]

const runners = RULES.flatMap(({ ways }) =>
  ways.map(([, call]) => async () => {
    const start = performance.now()
    for (let n = 0; n < CALLS; n++) call()
    return { ms: performance.now() - start }
  }),
)
const took = (await inTurns(runners, BUDGET)).map((laps) => (laps.ms! / CALLS) * 1e6)
const rows = RULES.flatMap(({ rule, ways }) => {
  const times = took.splice(0, ways.length)
  return ways.map(([way], n) => [rule, way, times[n]!.toFixed(0), `${(times[n]! / times[0]!).toFixed(2)}x`])
})
writeSection(`Variants, ${NODE}`, [
  `\`npm run bench:variants\` on ${machine()}; ${engine()}.`,
  '',
  'Loops written in two or three ways; the first is the one of the kernels. All data in the first-level cache.',
  '',
  table(['what', 'way', 'nanoseconds a call', 'of the first'], rows),
])
