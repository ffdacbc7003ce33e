import type { Nets, SearchContext } from '../../src/cascade/context.ts'
import { DEFAULT_OPTIONS, type DetectOptions } from '../../src/options/options.ts'
import { resolveOptions } from '../../src/options/resolve.ts'
import { type Detail, emptyTrace } from '../../src/shared/trace.ts'
import type { Core } from '../../src/wasm/core.ts'

/** What one stage needs to run alone. */
export function contextOf(core: Core, options: DetectOptions = {}, given: Partial<SearchContext> = {}): SearchContext {
  const detail: Detail = 'counts'
  const nets: Nets = core
  return {
    core,
    nets,
    options: resolveOptions(DEFAULT_OPTIONS, options),
    trace: emptyTrace(),
    detail,
    votes: [],
    addTime: () => {},
    checkpoint: undefined,
    ...given,
  }
}

/** Makes boxes the core's candidates, by descending score, so that those of equal scores keep their order. */
export function setCandidates(core: Core, boxes: readonly (readonly [number, number, number, number])[]): void {
  core.clear()
  const list = core.levelCandidates(boxes.length)
  boxes.forEach((box, n) => {
    list.setBox(n, ...box)
    list.advance(n, n, 1 - n / 2 ** 12, new Float32Array(4))
  })
  // Nothing overlaps by more than all of it.
  core.suppressLevel(boxes.length, 1)
}

/** The boxes of the core's candidates. */
export function candidateBoxes(core: Core): [number, number, number, number][] {
  const list = core.candidates
  return Array.from({ length: list.length }, (_, n) => [list.x1(n), list.y1(n), list.x2(n), list.y2(n)])
}
