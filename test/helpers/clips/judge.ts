/** How well faces are followed: beside what detectFaces finds in the same frames, and beside the truth. */
import type { Faces } from '../../../src/shared/face.ts'
import type { TrackedFace } from '../../../src/shared/tracked-face.ts'
import type { Clip, TrueFace } from './clip.ts'
import { isClear, matched, overlap } from './match.ts'

/** A face is followed where a box of the tracker overlaps it so much. */
const FOLLOWED = 0.5

export interface Frame {
  number: number
  truth: TrueFace[]
  found: Faces
  tracked: Faces<TrackedFace>
}

/** Something that should not be, with what repeats it. */
export interface Fault {
  clip: string
  frame: number
  what: string
}

export interface Following {
  clip: string
  frames: number
  /** True faces that detectFaces finds, and those of them that are followed. */
  found: number
  followed: number
  /** All answers of detectFaces, the false ones too, and those of them that are followed. */
  answers: number
  answersFollowed: number
  /** Answers that are no face, or a second one for a face. */
  falseFound: number
  falseTracked: number
  /** Those of `falseTracked` that were not confirmed in their frame. */
  falseKept: number
  ids: number
  /** Changes of someone's id that should not be, and ids that were another's. */
  changes: number
  faults: Fault[]
}

/**
 * The figures of a clip.
 *
 * @param keep - As the tracker has it: a face that detectFaces misses in fewer frames in a row keeps its id.
 */
export function judge(clip: Clip, frames: readonly Frame[], keep: number): Following {
  const result: Following = {
    ...{ clip: clip.name, frames: frames.length, found: 0, followed: 0, answers: 0, answersFollowed: 0 },
    ...{ falseFound: 0, falseTracked: 0, falseKept: 0, ids: 0, changes: 0, faults: [] },
  }
  const fault = (frame: number, what: string) => result.faults.push({ clip: clip.name, frame, what })
  const ids = new Ids(keep, (frame, what) => {
    result.changes++
    fault(frame, what)
  })
  for (const { number, truth, found, tracked } of frames) {
    const searched = matched(found, truth)
    const followed = matched(tracked, truth)
    for (const face of found) {
      const isFollowed = tracked.some(({ box }) => overlap(box, face.box) >= FOLLOWED)
      result.answers++
      if (isFollowed) result.answersFollowed++
      if (searched.wrong.includes(face)) continue
      result.found++
      if (isFollowed) result.followed++
      else fault(number, `a face of ${describe(face)} is not followed`)
    }
    result.falseFound += searched.wrong.length
    result.falseTracked += followed.wrong.length
    result.falseKept += followed.wrong.filter(({ seen }) => seen > 0).length
    for (const face of followed.wrong) fault(number, `${face.id}, seen ${face.seen}, ${describe(face)}, is false`)
    const clear = truth.filter((face) => isClear(face, truth)).map(({ who }) => who)
    ids.add(number, {
      found: new Set(searched.byWho.keys()),
      tracked: new Map(clear.flatMap((who) => [[who, followed.byWho.get(who)?.id] as const])),
    })
    if (new Set(tracked.map(({ id }) => id)).size < tracked.length) fault(number, 'two faces have one id')
  }
  result.ids = ids.count
  return result
}

function describe({ box: { x, y, width, height } }: { box: { x: number; y: number; width: number; height: number } }) {
  return `${width.toFixed(0)}x${height.toFixed(0)} at (${x.toFixed(0)}, ${y.toFixed(0)})`
}

/** The ids of everyone, over the frames. */
class Ids {
  readonly #keep: number
  readonly #fault: (frame: number, what: string) => void
  /** The id that someone had last, and for how many frames in a row detectFaces missed them since, at most. */
  readonly #last = new Map<string, { id: number; missed: number; longest: number }>()
  readonly #owners = new Map<number, string>()

  constructor(keep: number, fault: (frame: number, what: string) => void) {
    this.#keep = keep
    this.#fault = fault
  }

  get count(): number {
    return this.#owners.size
  }

  add(frame: number, { found, tracked }: { found: Set<string>; tracked: Map<string, number | undefined> }): void {
    for (const [who, last] of this.#last) {
      last.missed = found.has(who) ? 0 : last.missed + 1
      last.longest = Math.max(last.longest, last.missed)
    }
    for (const [who, id] of tracked) {
      if (id === undefined) continue
      const last = this.#last.get(who)
      if (last && last.id !== id && last.longest < this.#keep) {
        this.#fault(frame, `${who} was ${last.id} and is ${id}; detectFaces missed ${last.longest} frames in a row`)
      }
      const owner = this.#owners.get(id) ?? who
      if (owner !== who) this.#fault(frame, `${who} has id ${id}, which was ${owner}'s`)
      this.#owners.set(id, who)
      this.#last.set(who, { id, missed: 0, longest: 0 })
    }
  }
}
