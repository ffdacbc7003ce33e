import { UsageError } from './usage-error.ts'

/** A pattern for paths, compiled: where to begin, which folders to enter, which files to take. */
export interface Pattern {
  /** The folders before the first wildcard: '' or a path that ends in a slash. */
  base: string
  /** Whether files somewhere below this folder can match; relative to `base`. */
  entersFolder(path: string): boolean
  /** Whether this file matches; relative to `base`. */
  takesFile(path: string): boolean
}

/** Longer than any path a system takes. Each character of a path costs at most as many steps as the pattern has characters. */
const MAX_LENGTH = 4096

type Test = (letter: string) => boolean

/** A state reads one letter that fits `test` and goes on to `next`; without `test` it goes on to `next` and `also` at once. */
interface State {
  test: Test | undefined
  next: number
  also: number
}

const NONE = -1

/** Whether a name contains anything but letters that stand for themselves. */
export function hasWildcard(text: string): boolean {
  return /[*?[{]/.test(text)
}

/**
 * Compiles `*`, `?`, `[abc]`, `[a-z]`, `[!abc]`, `{a,b}` (nested, also with slashes inside), `**` for any number of folders, and
 * `\` before a character that is to stand for itself. A wildcard never matches a dot at the start of a name.
 *
 * The pattern becomes an automaton, and matching keeps the set of its states: the time grows with the length of the pattern
 * times the length of the path. Regular expressions, which libraries for patterns compile to, can take exponential time
 * (`*a*a*a*a*a*a*b`).
 *
 * @param source - With `/` between folders.
 * @throws UsageError for a pattern that is too long, or that goes up again (`..`) after a wildcard.
 */
export function compilePattern(source: string): Pattern {
  if (source.length > MAX_LENGTH) {
    throw new UsageError(`a pattern has at most ${MAX_LENGTH} characters; this one has ${source.length}`)
  }
  const first = source.search(/[*?[{\\]/)
  const split = source.lastIndexOf('/', first < 0 ? source.length : first) + 1
  const tail = source.slice(split)
  if (/(^|[/{,])\.\.($|[/},])/.test(tail)) {
    throw new UsageError(`a pattern cannot go up ('..') after a wildcard: '${source}'`)
  }
  const states = new Compiler(tail.replace(/\/{2,}|\/(\.\/)+/g, '/').replace(/^(\.\/)+/, '')).states
  return {
    base: source.slice(0, split),
    entersFolder: (path) => walk(states, `${path}/`).size > 0,
    takesFile: (path) => walk(states, path).has(states.length - 1),
  }
}

/** The states a path leads to; the last of all states is the end. */
function walk(states: readonly State[], path: string): Set<number> {
  let current = new Set<number>()
  enter(states, 0, current)
  let atStart = true
  for (const letter of path) {
    const next = new Set<number>()
    for (const index of current) {
      const { test, next: following } = states[index]!
      if (test?.(atStart && letter === '.' ? HIDDEN : letter)) enter(states, following, next)
    }
    if (next.size === 0) return next
    current = next
    atStart = letter === '/'
  }
  return current
}

/** Stands for a dot at the start of a name, which only a dot in the pattern matches. */
const HIDDEN = 'hidden dot'

function enter(states: readonly State[], start: number, reached: Set<number>): void {
  const open = [start]
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    if (index === NONE || reached.has(index)) continue
    reached.add(index)
    const { test, next, also } = states[index]!
    if (test === undefined) open.push(also, next)
  }
}

const anyLetter: Test = (letter) => letter !== '/' && letter !== HIDDEN

class Compiler {
  readonly states: State[] = []
  readonly #letters: readonly string[]
  /** For every `{` that has a partner, where its `}` stands. */
  readonly #partners: ReadonlyMap<number, number>

  constructor(source: string) {
    this.#letters = [...source]
    this.#partners = partners(this.#letters)
    this.#sequence(0, this.#letters.length)
    this.states[this.#add(undefined)]!.next = NONE
  }

  /** Adds a state that leads to the one added after it. */
  #add(test: Test | undefined): number {
    return this.states.push({ test, next: this.states.length + 1, also: NONE }) - 1
  }

  /** Any number of letters, none included. */
  #star(test: Test): void {
    const fork = this.#add(undefined)
    const loop = this.#add(test)
    this.states[loop]!.next = fork
    this.states[fork]!.also = this.states.length
  }

  #sequence(from: number, to: number): void {
    for (let at = from; at < to; ) at = this.#token(at, to)
  }

  /** Compiles what stands at `at`, and gives where the next begins. */
  #token(at: number, to: number): number {
    const letter = this.#letters[at]!
    if (letter === '*') return this.#stars(at, to)
    if (letter === '?') this.#add(anyLetter)
    else if (letter === '[') {
      const set = this.#set(at, to)
      if (set !== undefined) {
        this.#add(set.test)
        return set.end
      }
      this.#literal(letter)
    } else if (letter === '{') {
      const end = this.#partners.get(at)
      if (end !== undefined && end < to) return this.#alternatives(at, end)
      this.#literal(letter)
    } else if (letter === '\\' && at + 1 < to) {
      this.#literal(this.#letters[at + 1]!)
      return at + 2
    } else this.#literal(letter)
    return at + 1
  }

  #literal(letter: string): void {
    this.#add(letter === '.' ? (other) => other === '.' || other === HIDDEN : (other) => other === letter)
  }

  #stars(at: number, to: number): number {
    let end = at
    while (end < to && this.#letters[end] === '*') end++
    const startsName = at === 0 || '/{,'.includes(this.#letters[at - 1]!)
    if (end - at < 2 || !startsName || (end < to && this.#letters[end] !== '/')) {
      this.#star(anyLetter)
      return end
    }
    // Any number of folders: none, or a name and a slash, and again.
    const fork = this.#add(undefined)
    this.#add(anyLetter)
    this.#star(anyLetter)
    const slash = this.#add((letter) => letter === '/')
    this.states[slash]!.next = fork
    this.states[fork]!.also = this.states.length
    if (end < to) return end + 1
    // At the end of a pattern: every file in them.
    this.#add(anyLetter)
    this.#star(anyLetter)
    return end
  }

  /** `{a,b}`: one way in for each part, and all of them lead to the state behind. */
  #alternatives(open: number, close: number): number {
    const ends: number[] = []
    for (let from = open + 1; from <= close; ) {
      let to = from
      while (to < close && this.#letters[to] !== ',') {
        if (this.#letters[to] === '\\') to++
        to = Math.min((this.#partners.get(to) ?? to) + 1, close)
      }
      const fork = this.#add(undefined)
      this.#sequence(from, to)
      ends.push(this.#add(undefined))
      if (to < close) this.states[fork]!.also = this.states.length
      from = to + 1
    }
    for (const end of ends) this.states[end]!.next = this.states.length
    return close + 1
  }

  /** `[abc]`, `[a-z]`, `[!abc]` or `[^abc]`; undefined where no `]` follows. A `]` right at the start is one of the set. */
  #set(open: number, to: number): { test: Test; end: number } | undefined {
    const negated = '!^'.includes(this.#letters[open + 1] ?? ' ')
    const start = open + (negated ? 2 : 1)
    const close = this.#letters.indexOf(']', start + 1)
    if (close < 0 || close >= to || this.#letters.slice(open, close).includes('/')) return undefined
    const ranges: [string, string][] = []
    for (let at = start; at < close; at++) {
      const from = this.#letters[at]!
      const isRange = this.#letters[at + 1] === '-' && at + 2 < close
      ranges.push([from, isRange ? this.#letters[at + 2]! : from])
      if (isRange) at += 2
    }
    const inside = (letter: string) =>
      ranges.some(([from, upTo]) => compare(from, letter) <= 0 && compare(letter, upTo) <= 0)
    return { test: (letter) => anyLetter(letter) && inside(letter) !== negated, end: close + 1 }
  }
}

/** By code point. */
function compare(one: string, other: string): number {
  return one.codePointAt(0)! - other.codePointAt(0)!
}

function partners(letters: readonly string[]): Map<number, number> {
  const found = new Map<number, number>()
  const open: number[] = []
  for (let at = 0; at < letters.length; at++) {
    if (letters[at] === '\\') at++
    else if (letters[at] === '{') open.push(at)
    else if (letters[at] === '}' && open.length > 0) found.set(open.pop()!, at)
  }
  return found
}
