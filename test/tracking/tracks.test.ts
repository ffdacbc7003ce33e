import { describe, expect, it } from 'vitest'
import type { FollowOutcome, Sighting } from '../../src/cascade/sighting.ts'
import { type Followed, Tracks } from '../../src/tracking/tracks.ts'
import { random } from '../helpers/random.ts'

const SIZE = { width: 640, height: 480 }
const SCENE = new Float32Array(64).fill(1 / 8)

/** How somebody looks: the same for the same number. */
function lookOf(who: number): Float32Array {
  const next = random(who + 1)
  const cells = Float32Array.from({ length: 64 }, () => next() - 0.5)
  const norm = Math.sqrt(cells.reduce((sum, cell) => sum + cell * cell, 0))
  return cells.map((cell) => cell / norm)
}

interface Person {
  who: number
  x: number
  y: number
  size?: number
}

function sighting({ who, x, y, size = 80 }: Person, searched: boolean): Sighting {
  const [x1, y1, x2, y2] = [x - size / 2, y - size / 2, x + size / 2, y + size / 2]
  return { x1, y1, x2, y2, confidence: 0.99, turn: 0, searched, look: lookOf(who) }
}

/** A tracker that is shown people, and looks at them as the nets do: who is near a look is found by it. */
class Show {
  readonly tracks: Tracks
  frame = 0
  searched = 0
  time = 0

  constructor(options: { searchEvery?: number; keep?: number; smooth?: boolean; most?: number } = {}) {
    const { searchEvery = 10, keep = 5, smooth = false, most = Number.POSITIVE_INFINITY } = options
    this.tracks = new Tracks({ searchEvery, keep, smooth }, most)
  }

  /** The people that are seen in the next frame, those in front first. */
  next(people: Person[], more: Partial<FollowOutcome> & { size?: typeof SIZE; seconds?: number } = {}): Followed[] {
    const { size = SIZE, seconds = 1 / 30, ...rest } = more
    this.time += seconds
    const { time } = this
    const request = this.tracks.plan({ ...size, time })
    this.frame++
    const whole = request.slice === 'all' || rest.cut === true
    if (whole) this.searched++
    const near = (look: { x1: number; x2: number; y1: number; y2: number }) => {
      const reach = (look.x2 - look.x1) * 0.5
      const at = { x: (look.x1 + look.x2) / 2, y: (look.y1 + look.y2) / 2 }
      const found = people.filter(({ x, y }) => Math.hypot(x - at.x, y - at.y) < reach)
      return found.sort((a, b) => Math.hypot(a.x - at.x, a.y - at.y) - Math.hypot(b.x - at.x, b.y - at.y))[0]
    }
    const looks = request.looks.map((look) => {
      const person = rest.cut ? undefined : near(look)
      return person ? [sighting(person, look.nets === 'search' || look.nets === 'check')] : []
    })
    const found = whole ? people.map((person) => sighting(person, true)) : []
    return this.tracks.update({ ...size, time }, { looks, found, whole, cut: false, scene: SCENE, ...rest })
  }
}

const ids = (faces: Followed[]) => faces.map(({ id }) => id)

describe('faces that are followed', () => {
  it('keep their number, and grow older', () => {
    const show = new Show()
    for (let n = 0; n < 40; n++) {
      const faces = show.next([
        { who: 1, x: 100 + 4 * n, y: 100 },
        { who: 2, x: 500 - 4 * n, y: 300 },
      ])
      expect(ids(faces)).toEqual([1, 2])
      expect(faces.map(({ age, seen }) => [age, seen])).toEqual([
        [n, 0],
        [n, 0],
      ])
    }
    // After the first frame, which had to be searched whole, none was.
    expect(show.searched).toBe(1)
  })

  it('go on through each other, both ways, and the one behind is where it should be', () => {
    for (const speed of [6, 12, 25]) {
      const show = new Show()
      const middle = 320
      let hidden = 0
      for (let n = -20; n <= 20; n++) {
        const [front, back] = [
          { who: 1, x: middle + speed * n, y: 200 },
          { who: 2, x: middle - speed * n, y: 210 },
        ]
        const isHidden = Math.abs(front.x - back.x) < 44
        if (isHidden) hidden++
        const faces = show.next(isHidden ? [front] : [front, back])
        if (hidden > 5) break
        const of = (id: number) => faces.find((face) => face.id === id)!
        expect(Math.abs((of(1).shape.x1 + of(1).shape.x2) / 2 - front.x)).toBeLessThan(20)
        expect(Math.abs((of(2).shape.x1 + of(2).shape.x2) / 2 - back.x)).toBeLessThan(20)
      }
      expect(hidden).toBeGreaterThan(0)
    }
  })

  it('that are hidden for `keep` frames come back with their number; for longer, with another', () => {
    for (const [frames, expected] of [
      [3, 1],
      [5, 1],
      [6, 2],
    ] as const) {
      const show = new Show()
      for (let n = 0; n < 5; n++) show.next([{ who: 1, x: 200 + 3 * n, y: 100 }])
      for (let n = 0; n < frames; n++) {
        const faces = show.next([])
        expect(faces.map(({ id, seen }) => [id, seen])).toEqual(n < 5 ? [[1, n + 1]] : [])
      }
      expect(ids(show.next([{ who: 1, x: 200 + 3 * (5 + frames), y: 100 }]))).toEqual([expected])
    }
  })

  it('keep their numbers where the clock trembles, and frames come twice', () => {
    const show = new Show()
    for (const seconds of [1 / 30, 1e-5, 1e-4, 1 / 30, 1e-6, 1 / 30, 1 / 30, 0.06, 1e-5, 1 / 30]) {
      const x = 100 + 90 * show.time
      const faces = show.next([{ who: 1, x, y: 100 }], { seconds })
      expect(ids(faces)).toEqual([1])
      expect(Math.abs((faces[0]!.shape.x1 + faces[0]!.shape.x2) / 2 - x)).toBeLessThan(8)
    }
  })

  it('that were found in a single frame are not kept', () => {
    const show = new Show()
    expect(show.next([{ who: 1, x: 200, y: 100 }])).toHaveLength(1)
    expect(show.next([])).toEqual([])
    // It keeps its number all the same.
    expect(ids(show.next([{ who: 1, x: 200, y: 100 }]))).toEqual([1])
  })

  it('that leave the picture are not shown outside of it', () => {
    const show = new Show()
    for (let n = 0; n < 8; n++) show.next([{ who: 1, x: 520 + 14 * n, y: 100 }])
    const after = [1, 2, 3].map(() => show.next([]))
    expect(after.flat().every(({ shape }) => (shape.x1 + shape.x2) / 2 < SIZE.width)).toBe(true)
    expect(after.at(-1)).toEqual([])
  })

  it('are found anew after a cut, but for one that looks the same in the same place', () => {
    const show = new Show()
    const both = [
      { who: 1, x: 100, y: 100 },
      { who: 2, x: 400, y: 300 },
    ]
    for (let n = 0; n < 5; n++) show.next(both)
    const after = [both[0]!, { who: 3, x: 400, y: 300 }]
    expect(ids(show.next(after, { cut: true, whole: true }))).toEqual([1, 3])
    // The one that is gone is not shown in the new picture.
    expect(ids(show.next(after))).toEqual([1, 3])
  })

  it('are no more than wanted: those that are followed go first', () => {
    const show = new Show({ most: 1 })
    show.next([{ who: 1, x: 100, y: 100 }])
    expect(ids(show.next([{ who: 1, x: 100, y: 100 }]))).toEqual([1])
    for (let n = 0; n < 12; n++) {
      expect(
        ids(
          show.next([
            { who: 2, x: 400, y: 300 },
            { who: 1, x: 100, y: 100 },
          ]),
        ),
      ).toEqual([1])
    }
  })

  it('are followed into a picture of another size', () => {
    const show = new Show()
    for (let n = 0; n < 4; n++) show.next([{ who: 1, x: 100, y: 100 }])
    const half = { width: 320, height: 240 }
    expect(ids(show.next([{ who: 1, x: 50, y: 50, size: 40 }], { size: half }))).toEqual([1])
    expect(ids(show.next([{ who: 1, x: 50, y: 50, size: 40 }], { size: half }))).toEqual([1])
    // A picture of another shape is another scene.
    expect(ids(show.next([{ who: 1, x: 200, y: 10, size: 40 }], { size: { width: 240, height: 320 } }))).toEqual([2])
  })

  it('are forgotten by reset; their numbers are not used again', () => {
    const show = new Show()
    show.next([{ who: 1, x: 100, y: 100 }])
    show.tracks.reset()
    expect(show.next([{ who: 1, x: 100, y: 100 }]).map(({ id, age }) => [id, age])).toEqual([[2, 0]])
  })
})

describe('what is searched', () => {
  const plan = (show: Show, seconds = 1 / 30, size = SIZE) => show.tracks.plan({ ...size, time: show.time + seconds })

  it('everything while nobody is followed, with searchEvery 1, and after a pause', () => {
    const show = new Show()
    expect(plan(show)).toMatchObject({ slice: 'all', looks: [], scene: null })
    show.next([])
    expect(plan(show)).toMatchObject({ slice: 'all', looks: [] })
    show.next([{ who: 1, x: 100, y: 100 }])
    expect(plan(show)).toMatchObject({ slice: 2, slices: 10, scene: SCENE })
    expect(plan(show, 5).slice).toBe('all')
    expect(plan(show, 1 / 30, { width: 320, height: 240 }).slice).toBe('all')
    const every = new Show({ searchEvery: 1 })
    for (let n = 0; n < 3; n++) every.next([{ who: 1, x: 100, y: 100 }])
    expect(plan(every).slice).toBe('all')
  })

  it('a plan changes nothing: the frame may never come', () => {
    const show = new Show()
    for (let n = 0; n < 4; n++) show.next([{ who: 1, x: 100, y: 100 }])
    expect(plan(show)).toEqual(plan(show))
  })

  it('all nets look at a face that is new, that was not seen, and now and then at any; else O-Net, and R-Net where it is fast', () => {
    const show = new Show()
    const nets = () => plan(show).looks.map((look) => look.nets)
    show.next([{ who: 1, x: 100, y: 100 }])
    expect(nets()).toEqual(['search'])
    show.next([{ who: 1, x: 100, y: 100 }])
    expect(nets()).toEqual(['check'])
    show.next([{ who: 1, x: 100, y: 100 }])
    expect(nets()).toEqual(['output'])
    for (let n = 1; n < 10; n++) show.next([{ who: 1, x: 100, y: 100 }])
    expect(nets()).toEqual(['check'])
    show.next([{ who: 1, x: 100, y: 100 }])
    show.next([])
    expect(nets()).toEqual(['search'])
    const fast = new Show()
    for (let n = 0; n < 4; n++) fast.next([{ who: 1, x: 100 + 20 * n, y: 100 }])
    expect(plan(fast).looks.map((look) => look.nets)).toEqual(['refine'])
  })

  it('everything in the same frame where none of those that were seen is found', () => {
    const show = new Show()
    for (let n = 0; n < 4; n++) show.next([{ who: 1, x: 100, y: 100 }])
    expect(plan(show).searchIfLost).toBe(true)
    show.next([])
    expect(plan(show).searchIfLost).toBe(false)
  })
})
