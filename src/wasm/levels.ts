import type { Kernels } from './abi.ts'
import type { Level } from './nets.ts'
import { areaEdges, areaMargin, edgeWords, fixedTaps, methodFor } from './taps.ts'

/** Bytes of the kernels' AreaLevel. */
export const PLAN = 40

/** The next multiple of 64. */
export const aligned = (bytes: number): number => Math.ceil(bytes / 64) * 64

/** Bytes the kernels keep for the edges between a level's columns while it is made. */
export const stateBytes = (width: number): number => 48 * (width + 1)

type Size = Pick<Level, 'width' | 'height'>

/** The frame in memory. */
export interface Frame {
  readonly pointer: number
  readonly width: number
  readonly height: number
}

/** Where a level lies, and what it is made with. */
export interface LevelPlace {
  readonly pixels: number
  /** Edges or taps along the axes. */
  readonly x: number
  readonly y: number
  readonly plan: number
  readonly state: number
}

/** Lays levels out behind each other from `start`; returns where, and where they end. */
export function placeLevels(levels: readonly Size[], start: number): { places: LevelPlace[]; end: number } {
  let end = start
  const place = (bytes: number): number => {
    const at = end
    end = aligned(end + bytes)
    return at
  }
  const places = levels.map(({ width, height }) => ({
    pixels: place(3 * width * height + 16),
    x: place(4 * edgeWords(width)),
    y: place(4 * edgeWords(height)),
    plan: place(PLAN),
    state: place(stateBytes(width)),
  }))
  return { places, end }
}

/** Bytes of one row of the integral: two zeros, and groups of four pixels. */
const integralBytes = (width: number): number => 16 * (width + 5)

/**
 * Bytes {@link walkLevels} works in, for a frame and the widest of its levels: two rows of the integral, and what levelRow
 * takes.
 */
export function levelWork(frameWidth: number, width: number): number {
  return 2 * integralBytes(frameWidth) + 4 * (5 * width + 56)
}

/** A level under way: the source row in which its next row ends, -1 when it is done, and what makes that row. */
interface Walker {
  end: number
  makeRow(above: number, below: number): void
}

/**
 * Begins to resize a frame: the bytes of OpenCV's INTER_AREA. Levels that grow along no axis are all made in one walk down
 * the frame, as far as it has come in; the others when it is there.
 *
 * @param work - levelWork bytes.
 * @returns What goes on to source row `end`, once those before it have come in. With the last one all levels are made.
 */
export function walkLevels(
  kernels: Kernels,
  memory: ArrayBuffer,
  frame: Frame,
  levels: readonly Size[],
  places: readonly LevelPlace[],
  work: number,
): (end: number) => void {
  const { pointer, width, height } = frame
  const bytes = integralBytes(width)
  let above = work
  let below = work + bytes
  new Uint8Array(memory, work, 2 * bytes).fill(0)
  const walkers: Walker[] = []
  const grown: (() => void)[] = []
  for (const [n, level] of levels.entries()) {
    const place = places[n]!
    const method = methodFor(width, height, level.width, level.height)
    if (method.kind === 'blend') grown.push(() => blend(kernels, memory, frame, level, place))
    else if (method.kind === 'block') walkers.push(blockWalker(kernels, memory, level, place, method))
    else walkers.push(areaWalker(kernels, memory, frame, level, place, work + 2 * bytes))
  }
  let y = 0
  return (end) => {
    for (; walkers.length > 0 && y < end; y++) {
      kernels.addRow(pointer + 3 * width * y, width, above, below)
      for (const walker of walkers) if (walker.end === y) walker.makeRow(above, below)
      ;[above, below] = [below, above]
    }
    if (end === height) for (const make of grown) make()
  }
}

function blend(kernels: Kernels, memory: ArrayBuffer, frame: Frame, level: Size, { pixels, x, y }: LevelPlace): void {
  const { width, height } = level
  fixedTaps(frame.width, width, new Int32Array(memory, x, edgeWords(width)))
  fixedTaps(frame.height, height, new Int32Array(memory, y, edgeWords(height)))
  kernels.blendLevel(frame.pointer, frame.width, x, y, width, height, pixels)
}

function blockWalker(
  kernels: Kernels,
  memory: ArrayBuffer,
  { width, height }: Size,
  { pixels, state }: LevelPlace,
  { factorX, factorY }: { factorX: number; factorY: number },
): Walker {
  new Uint8Array(memory, state, 16 * width).fill(0)
  let done = 0
  return {
    end: factorY - 1,
    makeRow(_, below) {
      kernels.blockRow(below, factorX, factorY, width, state, pixels + 3 * width * done)
      done++
      this.end = done < height ? this.end + factorY : -1
    },
  }
}

function areaWalker(
  kernels: Kernels,
  memory: ArrayBuffer,
  frame: Frame,
  { width, height }: Size,
  { pixels, x, y, plan, state }: LevelPlace,
  work: number,
): Walker {
  const mostX = areaEdges(frame.width, width, new Int32Array(memory, x, edgeWords(width)))
  const mostY = areaEdges(frame.height, height, new Int32Array(memory, y, edgeWords(height)))
  new Int32Array(memory, plan, PLAN / 4).set([x, y, width, height, 0, state, pixels])
  new Float32Array(memory, plan, PLAN / 4)[4] = areaMargin(mostX, mostY)
  return {
    end: kernels.beginLevel(plan, frame.width, frame.height),
    makeRow(above, below) {
      this.end = kernels.levelRow(plan, above, below, frame.pointer, frame.width, work)
    },
  }
}
