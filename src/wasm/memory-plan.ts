/**
 * What lies where in the memory of the kernels. They say how many bytes they want for what; here it is laid out, every part
 * at a multiple of 64. Nothing here touches memory.
 *
 *   planFixed, once                       planFrame, for each image                            planLists, as they grow
 *   +-----------+---------+---------+-----+---------------------------+-------+-------+--------+--------+--------+------+
 *   | constants | weights | structs | ... | work                      | taps  | frame | levels | list   | list   | nms  |
 *   | of the    | packed  | patches |     | of a net, of a patch, or: | x, y  |       |        | of can-| of can-| work |
 *   | module    |         | answers |     | integral, level, staging  |       |       |        | didates| didates|      |
 *   +-----------+---------+---------+-----+---------------------------+-------+-------+--------+--------+--------+------+
 *   0           heapBase                  work                                                                    end of memory
 *
 * The work area is shared: the nets, the cutting of patches and the making of levels never run at the same time. Weights as
 * stored come in through it, too, before they are packed.
 */
import type { Kernels } from './abi.ts'
import type { Rows } from './bands.ts'
import { type Level, OUTPUT_NET, REFINE_NET } from './nets.ts'
import { edgeWords, interpolationWords, tapWords } from './taps.ts'

/** A crop longer than so many times the frame's longer side is not made, for it is no face; memory is planned for that long. */
const LARGEST_CROP = 8

/** The caller's rows come in by portions of up to so many bytes, or one by one: they stay in the second-level cache. */
export const STAGING = 1 << 17

/** The next multiple of 64. */
const aligned = (bytes: number): number => Math.ceil(bytes / 64) * 64

/** Lays parts out one behind another. */
export class Layout {
  /** Where the next part begins. */
  end: number

  constructor(start: number) {
    this.end = aligned(start)
  }

  /** A part of so many bytes; returns where it begins. */
  place(bytes: number): number {
    const start = this.end
    this.end = aligned(start + bytes)
    return start
  }
}

/** What is laid out when the kernels start. */
export interface FixedPlan {
  /** Packed. */
  readonly weights: Readonly<Record<'pnet' | 'rnet' | 'onet', number>>
  /** The structs the kernels are told with: see assembly/frame.ts, patch.ts, pnet.ts. */
  readonly frame: number
  readonly crop: number
  readonly search: number
  /** One batch of each net. */
  readonly patches: Readonly<Record<'rnet' | 'onet', number>>
  /** Of the batch run last. */
  readonly answers: number
  readonly work: number
}

/** Plans what stays from the start to the end. */
export function planFixed(kernels: Kernels): FixedPlan {
  const layout = new Layout(kernels.heapBase())
  const weights = {
    pnet: layout.place(kernels.pnetWeights()),
    rnet: layout.place(kernels.rnetWeights()),
    onet: layout.place(kernels.onetWeights()),
  }
  const frame = layout.place(kernels.FRAME.value)
  const crop = layout.place(kernels.CROP.value)
  const search = layout.place(kernels.LEVEL_SEARCH.value)
  const patches = {
    rnet: layout.place(REFINE_NET.batch * kernels.RNET_PATCH.value),
    onet: layout.place(OUTPUT_NET.batch * kernels.ONET_PATCH.value),
  }
  const floats = [REFINE_NET.batch * kernels.RNET_ANSWER.value, OUTPUT_NET.batch * kernels.ONET_ANSWER.value]
  const answers = layout.place(4 * Math.max(...floats))
  return { weights, frame, crop, search, patches, answers, work: layout.end }
}

/** Where a level lies, and what it is made with. */
export interface LevelPlace {
  /** Where its first row lies, or would lie: before there is room for it, where only rows further down are planned for. */
  readonly pixels: number
  /** Edges or taps along the axes. */
  readonly x: number
  readonly y: number
  /** The kernels' struct. */
  readonly level: number
  readonly state: number
}

/** What levels are made in. */
export interface LevelWork {
  /** The two rows of the integral. */
  readonly above: number
  readonly below: number
  readonly row: number
}

/** What is laid out for an image. */
export interface FramePlan {
  /** Of the frame, pixels. */
  readonly width: number
  readonly height: number
  readonly levelWork: LevelWork
  /** Rows as the caller has them. */
  readonly staging: number
  readonly tapsX: number
  readonly tapsY: number
  /** For either. */
  readonly tapBytes: number
  /** The longest side of a crop there is room for, pixels. */
  readonly largestCrop: number
  /** As a level's. */
  readonly pixels: number
  readonly levels: readonly LevelPlace[]
  /** Where the lists begin. */
  readonly lists: number
}

/** A level, or those of its rows that are wanted. */
export type PlannedLevel = Pick<Level, 'width' | 'height'> & { readonly rows?: Rows }

/**
 * Plans for an image.
 *
 * @param levels - Largest first.
 * @param rows - Of the frame, those that there is room for; default all.
 */
export function planFrame(
  kernels: Kernels,
  { work }: FixedPlan,
  width: number,
  height: number,
  levels: readonly PlannedLevel[],
  rows?: Rows,
): FramePlan {
  const slack: number = kernels.SLACK.value
  const forLevels = new Layout(work)
  const levelWork = {
    above: forLevels.place(kernels.integralRow(width)),
    below: forLevels.place(kernels.integralRow(width)),
    row: forLevels.place(kernels.levelWork(levels[0]?.width ?? 0)),
  }
  const staging = forLevels.place(Math.max(STAGING, 4 * width) + slack)

  const largestCrop = LARGEST_CROP * Math.max(width, height)
  const forNets = Math.max(
    kernels.pnetWork(),
    kernels.rnetWork(REFINE_NET.batch),
    kernels.onetWork(OUTPUT_NET.batch),
    kernels.patchWork(largestCrop),
  )
  const { side } = OUTPUT_NET
  const tapBytes = 4 * Math.max(tapWords(largestCrop, side), interpolationWords(largestCrop, side))
  const layout = new Layout(Math.max(work + forNets, forLevels.end))
  const tapsX = layout.place(tapBytes)
  const tapsY = layout.place(tapBytes)
  const placeRows = (width: number, { first, end }: Rows) =>
    layout.place(3 * width * (end - first) + slack) - 3 * width * first
  const pixels = placeRows(width, rows ?? { first: 0, end: height })
  const places = levels.map((level) => ({
    pixels: placeRows(level.width, level.rows ?? { first: 0, end: level.height }),
    x: layout.place(4 * edgeWords(level.width)),
    y: layout.place(4 * edgeWords(level.height)),
    level: layout.place(kernels.AREA_LEVEL.value),
    state: layout.place(kernels.levelState(level.width)),
  }))
  return {
    width,
    height,
    levelWork,
    staging,
    tapsX,
    tapsY,
    tapBytes,
    largestCrop,
    pixels,
    levels: places,
    lists: layout.end,
  }
}

/** Where the two lists of candidates lie, and what one is sorted in. */
export interface ListPlan {
  readonly lists: readonly [number, number]
  readonly work: number
  /** Candidates in either. */
  readonly capacity: number
  /** Where all this ends. */
  readonly end: number
}

/** Plans lists of `capacity` candidates from `start`. */
export function planLists(kernels: Kernels, start: number, capacity: number): ListPlan {
  const bytes = capacity * kernels.CANDIDATE.value
  const work = start + 2 * bytes
  const end = work + kernels.nmsWork(capacity) + kernels.SLACK.value
  return { lists: [start, start + bytes], work, capacity, end }
}

/** How many candidates lists from `start` can hold that take all memory up to `end`. */
export function capacityWithin(kernels: Kernels, start: number, end: number): number {
  const none = planLists(kernels, start, 0).end
  const each = planLists(kernels, start, 1).end - none
  return Math.max(0, Math.floor((end - none) / each))
}
