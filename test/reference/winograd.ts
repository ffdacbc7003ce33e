/**
 * The transforms of Winograd's convolutions, made from their points in exact arithmetic (Toom-Cook; Winograd 1980, Lavin &
 * Gray 2016): numbers are (a + b √2) / d of whole a, b, d.
 */

export class Exact {
  private constructor(
    readonly a: bigint,
    readonly b: bigint,
    readonly d: bigint,
  ) {}

  static of(a: bigint, b = 0n, d = 1n): Exact {
    let [x, y] = [d, gcd(a, b)]
    while (y) [x, y] = [y, x % y]
    const common = d < 0n === x < 0n ? x : -x
    return new Exact(a / common, b / common, d / common)
  }

  /** `-5/2`, `√2`, `-3√2/4`. */
  static parse(text: string): Exact {
    const match = /^(-?)(\d*)(√2)?(?:\/(\d+))?$/.exec(text)
    if (!match || (!match[2] && !match[3])) throw new Error(`not a number of this form: ${text}`)
    const whole = BigInt(match[2] || '1') * (match[1] ? -1n : 1n)
    const denominator = BigInt(match[4] ?? '1')
    return match[3] ? Exact.of(0n, whole, denominator) : Exact.of(whole, 0n, denominator)
  }

  plus({ a, b, d }: Exact): Exact {
    return Exact.of(this.a * d + a * this.d, this.b * d + b * this.d, this.d * d)
  }

  times({ a, b, d }: Exact): Exact {
    return Exact.of(this.a * a + 2n * this.b * b, this.a * b + this.b * a, this.d * d)
  }

  negated(): Exact {
    return Exact.of(-this.a, -this.b, this.d)
  }

  inverse(): Exact {
    return Exact.of(this.a * this.d, -this.b * this.d, this.a * this.a - 2n * this.b * this.b)
  }

  /** Fractions are rounded once; where there is a √2, it is rounded first and the product and the quotient then. */
  toNumber(): number {
    const { a, b, d } = this
    if (a && b) throw new Error('no rule for a sum')
    return b ? (Number(b) * Math.SQRT2) / Number(d) : Number(a) / Number(d)
  }

  toString(): string {
    const { a, b, d } = this
    if (a && b) throw new Error('no form for a sum')
    const over = d === 1n ? '' : `/${d}`
    if (!b) return `${a}${over}`
    return `${b === 1n ? '' : b === -1n ? '-' : b}√2${over}`
  }
}

function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b]
  while (y) [x, y] = [y, x % y]
  return x
}

const ZERO = Exact.of(0n)
const ONE = Exact.of(1n)

/** A finite point, and what the transforms of the input and of the output are multiplied with there (G is divided by both). */
interface Point {
  readonly at: string
  readonly input?: string
  readonly output?: string
}

export interface Form {
  /** Outputs of a tile along one axis. */
  readonly outputs: number
  /** Taps of the kernel along one axis. */
  readonly taps: number
  /** outputs + taps - 2 of them: infinity is the last one of every form. */
  readonly points: readonly Point[]
}

export const FORMS = {
  winograd43: {
    outputs: 4,
    taps: 3,
    points: [
      { at: '0' },
      { at: '√2/2', input: '√2' },
      { at: '-√2/2', input: '√2' },
      { at: '√2', output: '1/2' },
      { at: '-√2', output: '1/2' },
    ],
  },
  winograd33: { outputs: 3, taps: 3, points: [{ at: '0' }, { at: '1' }, { at: '-1' }, { at: '2' }] },
  winograd73: {
    outputs: 7,
    taps: 3,
    points: ['1/4', '5/8', '9/8', '2'].flatMap((at) => [{ at }, { at: `-${at}` }]),
  },
  winograd32: { outputs: 3, taps: 2, points: [{ at: '0', input: '-1' }, { at: '1' }, { at: '-1' }] },
} as const satisfies Record<string, Form>

export interface Transforms {
  /** Bᵀ [alpha][alpha], alpha = outputs + taps - 1: of the input. */
  readonly input: readonly (readonly Exact[])[]
  /** G [alpha][taps]: of the kernel. */
  readonly kernel: readonly (readonly Exact[])[]
  /** Aᵀ [outputs][alpha]: of the products. */
  readonly output: readonly (readonly Exact[])[]
}

/** Coefficients, lowest first, of the product of (x - root). */
function polynomial(roots: readonly Exact[]): Exact[] {
  let all = [ONE]
  for (const root of roots) {
    const shifted = [ZERO, ...all]
    all = shifted.map((coefficient, n) => coefficient.plus((all[n] ?? ZERO).times(root.negated())))
  }
  return all
}

function power(base: Exact, exponent: number): Exact {
  return exponent === 0 ? ONE : base.times(power(base, exponent - 1))
}

/**
 * Toom-Cook, transposed. With the points p: row i of Bᵀ is the polynomial that is 0 at all points but p[i], row i of G the
 * powers of p[i] over that polynomial's value at p[i], column i of Aᵀ the powers of p[i].
 */
export function transforms({ outputs, taps, points }: Form): Transforms {
  const at = points.map((point) => Exact.parse(point.at))
  const scale = (which: 'input' | 'output') => points.map((point) => Exact.parse(point[which] ?? '1'))
  const [inputs, results] = [scale('input'), scale('output')]
  const range = (length: number) => Array.from({ length }, (_, n) => n)
  const input = at.map((_, i) =>
    [...polynomial(at.filter((_, k) => k !== i)), ZERO].map((coefficient) => coefficient.times(inputs[i]!)),
  )
  const kernel = at.map((p, i) => {
    const value = at.reduce((all, other, k) => (k === i ? all : all.times(p.plus(other.negated()))), ONE)
    const divisor = value.times(inputs[i]!).times(results[i]!).inverse()
    return range(taps).map((k) => power(p, k).times(divisor))
  })
  const last = (length: number) => range(length).map((n) => (n === length - 1 ? ONE : ZERO))
  return {
    input: [...input, polynomial(at)],
    kernel: [...kernel, last(taps)],
    output: range(outputs).map((k) => [
      ...at.map((p, i) => power(p, k).times(results[i]!)),
      k === outputs - 1 ? ONE : ZERO,
    ]),
  }
}
