import { type Kernels, writeAreaLevel } from './abi.ts'
import { isEmpty, type Rows } from './bands.ts'
import type { LevelPlace, LevelWork, PlannedLevel } from './memory-plan.ts'
import type { Level } from './nets.ts'
import { areaEdges, areaMargin, edgeWords, fixedTaps, methodFor } from './taps.ts'

type Size = Pick<Level, 'width' | 'height'>

/** The frame in memory. */
export interface FramePlace extends Size {
  /** Where the kernels' struct lies that says the rest. */
  readonly frame: number
  readonly pixels: number
}

/** Pixels of an enlarged level that are made at once. */
const UPSCALED_PORTION = 1 << 16

/** Resizes a frame to all its levels. */
export interface PyramidResizer {
  /**
   * Goes through source rows that have come in: levels that grow along no axis. Rows that nothing is made of may be left
   * out, the others come one after another.
   */
  advance(rows: Rows): void
  /** With all rows there: makes some rows of the levels that grow. Returns whether any are left. */
  upscale(): boolean
}

/** Makes one level: `end` is the source row in which its next row ends, -1 when it is done. */
interface LevelResizer {
  end: number
  makeRow(above: number, below: number): void
}

/**
 * Begins to resize a frame: the bytes of OpenCV's INTER_AREA. Levels that grow along no axis are all made in one walk down
 * the frame, as far as it has come in; the others when it is there.
 */
export function createPyramidResizer(
  kernels: Kernels,
  memory: ArrayBuffer,
  frame: FramePlace,
  levels: readonly PlannedLevel[],
  places: readonly LevelPlace[],
  work: LevelWork,
): PyramidResizer {
  const { pixels, width, height } = frame
  let { above, below } = work
  for (const row of [above, below]) new Uint8Array(memory, row, kernels.integralRow(width)).fill(0)
  const shrunk: LevelResizer[] = []
  const upscaled: (() => boolean)[] = []
  for (const [n, level] of levels.entries()) {
    const place = places[n]!
    const { rows = { first: 0, end: level.height } } = level
    if (isEmpty(rows)) continue
    const method = methodFor(width, height, level.width, level.height)
    if (method.kind === 'blend') upscaled.push(blendResizer(kernels, memory, frame, level, rows, place))
    else if (method.kind === 'block') shrunk.push(blockResizer(kernels, memory, level, rows, place, method, work.row))
    else shrunk.push(areaResizer(kernels, memory, frame, level, rows, place, work.row))
  }
  return {
    advance({ first, end }) {
      for (let y = first; shrunk.length > 0 && y < end; y++) {
        kernels.addRow(pixels + 3 * width * y, width, above, below)
        for (const level of shrunk) if (level.end === y) level.makeRow(above, below)
        ;[above, below] = [below, above]
      }
    },
    upscale() {
      if (upscaled.length > 0 && !upscaled[0]!()) upscaled.shift()
      return upscaled.length > 0
    },
  }
}

/** Makes a portion at each call; returns whether any is left. */
function blendResizer(
  kernels: Kernels,
  memory: ArrayBuffer,
  { frame, ...source }: FramePlace,
  { width, height }: Size,
  { first, end }: Rows,
  { pixels, x, y }: LevelPlace,
): () => boolean {
  fixedTaps(source.width, width, new Int32Array(memory, x, edgeWords(width)))
  fixedTaps(source.height, height, new Int32Array(memory, y, edgeWords(height)))
  const portion = Math.max(1, Math.floor(UPSCALED_PORTION / width))
  let done = first
  return () => {
    const rows = Math.min(portion, end - done)
    // Taps are four words for each row.
    kernels.blendLevel(frame, x, y + 16 * done, width, rows, pixels + 3 * width * done)
    done += rows
    return done < end
  }
}

function blockResizer(
  kernels: Kernels,
  memory: ArrayBuffer,
  { width }: Size,
  { first, end }: Rows,
  { pixels, state }: LevelPlace,
  { factorX, factorY }: { factorX: number; factorY: number },
  unused: number,
): LevelResizer {
  new Uint8Array(memory, state, kernels.levelState(width)).fill(0)
  // The row before the first only leaves the state in which that begins.
  let done = Math.max(first - 1, 0)
  return {
    end: factorY * (done + 1) - 1,
    makeRow(_, below) {
      const out = done < first ? unused : pixels + 3 * width * done
      kernels.blockRow(below, factorX, factorY, width, state, out)
      done++
      this.end = done < end ? this.end + factorY : -1
    },
  }
}

function areaResizer(
  kernels: Kernels,
  memory: ArrayBuffer,
  { frame, ...source }: FramePlace,
  { width, height }: Size,
  rows: Rows,
  { pixels, x, y, level, state }: LevelPlace,
  work: number,
): LevelResizer {
  const mostX = areaEdges(source.width, width, new Int32Array(memory, x, edgeWords(width)))
  const mostY = areaEdges(source.height, height, new Int32Array(memory, y, edgeWords(height)))
  const margin = areaMargin(mostX, mostY)
  writeAreaLevel(memory, level, { columns: x, rows: y, width, height, margin, state, out: pixels, ...rows })
  return {
    end: kernels.beginLevel(level, frame),
    makeRow(above, below) {
      this.end = kernels.levelRow(level, above, below, frame, work)
    },
  }
}
