/** The parts of bench:video: each measures, and gives its table and what it says about the goals. */
import * as cases from '../../test/helpers/clips/cases.ts'
import type { Clip } from '../../test/helpers/clips/clip.ts'
import { type Fault, judge } from '../../test/helpers/clips/judge.ts'
import { type ArrivalOptions, steady, still } from '../../test/helpers/clips/probes.ts'
import { HD, type Size, VGA } from '../../test/helpers/clips/staging.ts'
import { ms, table, times } from '../report.ts'
import { type Arrival, arrive } from './arriving.ts'
import { cost } from './cost.ts'
import { watch } from './following.ts'
import { type DetectorOptions, pair } from './library.ts'
import { growth } from './memory.ts'
import { mean } from './statistics.ts'
import { jitter, lag } from './steadiness.ts'

/** As the tracker has them where nothing is said. */
const SEARCH_EVERY = 10
const KEEP = 5

export interface Goal {
  goal: string
  measured: string
  reached: boolean
}

export interface Part {
  lines: string[]
  goals: Goal[]
  faults: string[]
}

export interface Extent {
  /** How many clips of each kind. */
  seeds: number
  /** Less of everything, for a look. */
  quick: boolean
  /** Told what is being done. */
  say(what: string): void
}

const named = ({ width, height }: Size) => `${width}x${height}`
const percent = (part: number, whole: number) => (whole === 0 ? '' : `${((100 * part) / whole).toFixed(2)} %`)
const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0)

const FULL_HD: Size = { width: 1920, height: 1080 }

/** What is timed: where, and with which options of the detector. The first is the goal's. */
const COSTS: [what: string, size: Size, options?: DetectorOptions][] = [
  ['no options', HD],
  ['no options', VGA],
  ['no options', FULL_HD],
  ['minFaceSize: 40', HD, { minFaceSize: 40 }],
  ['minFaceSize: 80', HD, { minFaceSize: 80 }],
  ["preset: 'fast'", HD, { preset: 'fast' }],
  ["preset: 'fast'", VGA, { preset: 'fast' }],
  ["preset: 'balanced'", HD, { preset: 'balanced' }],
]

export async function costs({ quick, say }: Extent): Promise<Part> {
  const rows: string[][] = []
  const goals: Goal[] = []
  for (const [what, size, detector] of COSTS.slice(0, quick ? 2 : undefined)) {
    say(`cost, ${named(size)}, ${what}`)
    const clip = await cases.talk(1, size, quick ? 90 : 180)
    const { faces, searching, following } = await cost(clip, { detector })
    const [gain, high] = [searching.mean / following.mean, searching.high / following.high]
    rows.push([
      `${named(size)}, ${what}`,
      faces.toFixed(1),
      ...[searching.mean, following.mean].map(ms),
      times(gain),
      ...[searching.high, following.high].map(ms),
      times(high),
      ms(following.most),
    ])
    if (goals.length > 0) continue
    const two = `${named(size)}, two faces`
    goals.push({ goal: `${two}: 12 times cheaper, mean`, measured: times(gain), reached: gain >= 12 })
    goals.push({ goal: `${two}: 5 times cheaper, 95th percentile`, measured: times(high), reached: high >= 5 })
  }
  const head = ['', 'faces', 'detectFaces, mean ms', 'tracker', '', 'detectFaces, 95th percentile', 'tracker', '']
  return {
    lines: [
      'Two people who sit and talk. A frame with `tracker.next`, and the same frame with `detectFaces`, in turn; two detectors in',
      'the calling thread.',
      '',
      table([...head, 'tracker, dearest frame'], rows),
    ],
    goals,
    faults: [],
  }
}

/** Kinds of clips; the parts of a second that something is hidden are under `keep` frames. */
const KINDS: [name: string, make: (seed: number, size: Size) => Promise<Clip>][] = [
  ['two talk', cases.talk],
  ['steady motion', cases.motion],
  ['one passes before the other', (seed, size) => cases.crossing(seed, 2 + (seed % 2), size)],
  ['two brush past each other', cases.brush],
  ['a board hides a face', (seed, size) => cases.hidden(seed, 2 + (seed % 2), size)],
  ['leaves and returns', cases.leaving],
  ['nearer and back', cases.zoom],
  ['light is switched', cases.lights],
  ['nobody', cases.nobody],
  ['ten people', cases.crowd],
  ['a street, the camera shakes', cases.street],
  ['a cut', async (seed, size) => cases.cut(await cases.talk(seed, size, 33), await cases.crowd(seed + 100, size, 33))],
]

export async function following({ seeds, quick, say }: Extent): Promise<Part> {
  const detectors = await pair()
  const rows: (string | number)[][] = []
  const all: ReturnType<typeof judge>[] = []
  for (const [name, make] of KINDS) {
    say(`following, ${name}`)
    const results: ReturnType<typeof judge>[] = []
    for (let seed = 1; seed <= seeds; seed++) {
      // One in three is large.
      const clip = await make(seed, seed % 3 === 1 && !quick ? HD : VGA)
      results.push(judge(clip, await watch(detectors, clip), KEEP))
    }
    const total = (read: (result: (typeof results)[number]) => number) => sum(results.map(read))
    const [found, followed] = [total((one) => one.found), total((one) => one.followed)]
    rows.push([
      name,
      total((one) => one.frames),
      found,
      percent(followed, found),
      percent(
        total((one) => one.answersFollowed),
        total((one) => one.answers),
      ),
      total((one) => one.falseFound),
      total((one) => one.falseTracked),
      total((one) => one.falseKept),
      total((one) => one.changes),
    ])
    all.push(...results)
  }
  detectors.dispose()
  const total = (read: (result: (typeof all)[number]) => number) => sum(all.map(read))
  const [found, followed] = [total((one) => one.found), total((one) => one.followed)]
  const [falseFound, falseTracked] = [total((one) => one.falseFound), total((one) => one.falseTracked)]
  const changes = total((one) => one.changes)
  const head = ['clips', 'frames', 'faces found', 'followed', 'of all answers', 'false faces of detectFaces']
  return {
    lines: [
      `${seeds} clips of each kind, 1280x720 and 640x480. Faces found: answers of detectFaces that are one of the clip's faces; of all`,
      'answers: its false ones too. False: no face of the clip, or a second answer for one; kept: those not confirmed in their',
      `frame. A change of id counts where detectFaces missed the face in fewer than ${KEEP} frames in a row.`,
      '',
      table([...head, 'of the tracker', 'of these kept', 'changes of id'], rows),
    ],
    goals: [
      {
        goal: '98 % of the faces that detectFaces finds are followed',
        measured: percent(followed, found),
        reached: followed >= 0.98 * found,
      },
      {
        goal: 'no more false faces than detectFaces',
        measured: `${falseTracked} beside ${falseFound}`,
        reached: falseTracked <= falseFound,
      },
      { goal: 'no change of id', measured: `${changes}`, reached: changes === 0 },
    ],
    faults: all
      .flatMap(({ faults }) => faults)
      .map(({ clip, frame, what }: Fault) => `${clip}, frame ${frame}: ${what}`),
  }
}

/** Shares of the room for a new face: corners, edges, the middle, and places between. */
const PLACES = [
  ...[0, 0.5, 1].flatMap((y) => [0, 0.25, 0.5, 0.75, 1].map((x) => ({ x, y }))),
  { x: 0.37, y: 0.21 },
  { x: 0.61, y: 0.83 },
  { x: 0.13, y: 0.66 },
]

/** How many are there before, and how the new face moves, pixels a frame. */
const ARRIVALS: [what: string, options: Pick<ArrivalOptions, 'followed' | 'speed' | 'size'>][] = [
  ['beside two faces', { followed: 2, size: 40 }],
  ['beside one', { followed: 1, size: 40 }],
  ['where nobody is', { followed: 0, size: 40 }],
  ['beside two, moves up and left', { followed: 2, size: 40, speed: { x: -3, y: -5 } }],
  ['beside two, moves down and right', { followed: 2, size: 40, speed: { x: 3, y: 5 } }],
  ['80 px, beside two', { followed: 2, size: 80 }],
  ['200 px, beside two', { followed: 2, size: 200 }],
]

export async function arriving({ quick, say }: Extent): Promise<Part> {
  const detectors = await pair()
  const rows: (string | number)[][] = []
  const trials: Arrival[] = []
  for (const [what, options] of ARRIVALS) {
    say(`arriving, ${what}`)
    const results: Arrival[] = []
    const places = quick ? PLACES.filter((_, n) => n % 4 === 0) : PLACES
    for (const [n, place] of places.entries()) {
      // Each place in some phases of the search, so that all phases come to each region.
      for (let phase = n % 3; phase < SEARCH_EVERY; phase += 3) {
        const seed = n * SEARCH_EVERY + phase
        // By then the faces that are there before are followed.
        const at = 14 + phase
        const trial = { seed, size: n % 4 === 0 && !quick ? HD : VGA, goal: SEARCH_EVERY }
        results.push(await arrive(detectors, { ...trial, options: { ...options, ...place, at } }))
      }
    }
    const counted = results.filter(({ counts }) => counts)
    const frames = counted.map(({ after }) => after ?? Number.POSITIVE_INFINITY)
    const late = frames.filter((after) => after > SEARCH_EVERY).length
    rows.push([what, counted.length, mean(frames).toFixed(1), Math.max(...frames), late])
    trials.push(...counted)
  }
  detectors.dispose()
  const late = trials.filter(({ after = Number.POSITIVE_INFINITY }) => after > SEARCH_EVERY)
  const worst = Math.max(...trials.map(({ after = Number.POSITIVE_INFINITY }) => after))
  return {
    lines: [
      `Frames until a new face is found, counted from 1 for the first that has it; goal ${SEARCH_EVERY}. Places in corners, at edges and`,
      'between, in all phases of the search. It counts where detectFaces finds the face in every frame until then.',
      '',
      table(['a new face of 40 px', 'times', 'mean', 'most', 'later than the goal'], rows),
    ],
    goals: [
      {
        goal: `a new face of 40 px is found within ${SEARCH_EVERY} frames, always`,
        measured: `${worst} at most, ${late.length} of ${trials.length} later`,
        reached: late.length === 0,
      },
    ],
    faults: late.map((trial) => `arrival ${JSON.stringify(trial)}`),
  }
}

export async function calm({ quick, say }: Extent): Promise<Part> {
  const detectors = await pair()
  const rows: string[][] = []
  const shares: number[] = []
  const faults: string[] = []
  const settings = [40, 80, 160].flatMap((size) => [3, 8].map((noise) => ({ size, noise })))
  for (const { size, noise } of quick ? settings.filter((_, n) => n % 2 === 0) : settings) {
    say(`still faces of ${size} px, noise ${noise}`)
    const all: Awaited<ReturnType<typeof jitter>>[] = []
    for (const [n, who] of ['jumper', 'hepburn', 'middle', 'upright'].entries()) {
      if (quick && n > 1) continue
      all.push(await jitter(detectors, await still(n, { who, size, noise }, VGA, quick ? 70 : 120)))
    }
    const share = all.map(({ searched, tracked }) => tracked / searched)
    shares.push(...share)
    const [searched, tracked] = [mean(all.map((one) => one.searched)), mean(all.map((one) => one.tracked))]
    rows.push([
      `${size} px, noise ${noise}`,
      searched.toFixed(3),
      tracked.toFixed(3),
      (tracked / searched).toFixed(2),
      Math.max(...share).toFixed(2),
    ])
    for (const one of all) {
      if (one.tracked > one.searched / 2) faults.push(`jitter ${JSON.stringify(one)}`)
    }
  }
  detectors.dispose()
  const worst = Math.max(...shares)
  return {
    lines: [
      'Still faces in noise of that standard deviation (of 255): the standard deviation of the landmarks, pixels; the mean over faces.',
      '',
      table(['', 'detectFaces', 'tracker', 'share', 'largest share'], rows),
    ],
    goals: [
      {
        goal: "landmarks of a still face: at most half of detectFaces' standard deviation",
        measured: `${worst.toFixed(2)} at most`,
        reached: worst <= 0.5,
      },
    ],
    faults,
  }
}

export async function behind({ quick, say }: Extent): Promise<Part> {
  const detectors = await pair()
  const rows: string[][] = []
  const faults: string[] = []
  let worst = 0
  for (const speed of quick ? [2, 10] : [0.5, 1, 2, 4, 8, 12, 20]) {
    say(`motion of ${speed} px a frame`)
    const all: Awaited<ReturnType<typeof lag>>[] = []
    for (const [n, size] of [50, 90, 160].entries()) {
      const who = ['jumper', 'hepburn', 'upright'][n]!
      // In half a face's size a frame nothing can be followed.
      if (speed > size / 3) continue
      all.push(await lag(detectors, await steady(n, { who, size, speed }, quick ? VGA : HD), speed))
    }
    const most = (read: (one: (typeof all)[number]) => number) => Math.max(...all.map(read))
    rows.push([
      `${speed} px a frame`,
      mean(all.map(({ box }) => box)).toFixed(2),
      most(({ box }) => box).toFixed(2),
      mean(all.map(({ landmarks }) => landmarks)).toFixed(2),
      most(({ landmarks }) => landmarks).toFixed(2),
    ])
    worst = Math.max(
      worst,
      most(({ box }) => box),
      most(({ landmarks }) => landmarks),
    )
    for (const one of all) if (Math.max(one.box, one.landmarks) >= 1) faults.push(`lag ${JSON.stringify(one)}`)
  }
  detectors.dispose()
  return {
    lines: [
      "Steady motion: how far the tracker is behind detectFaces, in one frame's motion, once the filter has settled.",
      '',
      table(['', 'box, mean', 'most', 'landmarks, mean', 'most'], rows),
    ],
    goals: [
      {
        goal: "in steady motion less than one frame's motion behind",
        measured: `${worst.toFixed(2)} at most`,
        reached: worst < 1,
      },
    ],
    faults,
  }
}

const MEBIBYTE = 2 ** 20
/** The heap moves by so much with what the engine compiles; a face left behind by every frame would be more. */
const HEAP_BOUND = 500_000

export async function memory({ quick, say }: Extent): Promise<Part> {
  const frames = quick ? 2000 : 10_000
  say(`${frames} frames`)
  const { start, end, rises } = await growth(await cases.street(1, VGA, 150), frames)
  const mib = (bytes: number) => `${(bytes / MEBIBYTE).toFixed(2)} MiB`
  const isFlat = rises.heap < HEAP_BOUND && rises.external < HEAP_BOUND && end.wasm === start.wasm
  return {
    lines: [
      `${frames} frames of 640x480 with people who come and go. Rise: of the line through 18 samples after the first tenth.`,
      '',
      table(
        ['', 'after a tenth', 'at the end', 'rise'],
        [
          ['JavaScript heap', mib(start.heap), mib(end.heap), mib(rises.heap)],
          ['buffers', mib(start.external), mib(end.external), mib(rises.external)],
          ['WebAssembly memory', mib(start.wasm), mib(end.wasm), mib(rises.wasm)],
        ],
      ),
    ],
    goals: [{ goal: `${frames} frames: memory flat`, measured: `heap ${mib(rises.heap)}`, reached: isFlat }],
    faults: [],
  }
}
