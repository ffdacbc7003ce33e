/** Valid images and options: what every answer is, and which answers are the same. */
import fc from 'fast-check'
import type { AnyFace, DetectOptions, Trace } from 'mtcnn-wasm'
import { flawsOf } from '../helpers/flaws.ts'
import { cut, type Photograph } from '../helpers/photographs.ts'
import type { Detectors, Preset } from './detectors.ts'
import { affordable, searchOptions } from './options.ts'
import { draw, layOut, layouts, type Picture, pictures } from './pictures.ts'
import { distanceOf, expectNone, expectSame, type Property, property } from './property.ts'

/** Enough for the rounding of a sum of two float64 of this size. */
const ROUNDING = 1e-9

const preset: fc.Arbitrary<Preset> = fc.constantFrom('classic', 'accurate', 'balanced', 'fast')
const searches = { picture: pictures(), options: searchOptions, preset }

interface Search {
  picture: Picture
  options: DetectOptions
  preset: Preset
}

function prepared({ picture, options, preset }: Search): { image: Photograph; affordableOptions: DetectOptions } {
  return { image: draw(picture), affordableOptions: affordable(picture, options, preset) }
}

export function answerProperties({ presets, single, worker, pool, fast }: Detectors): Property<never>[] {
  const sound = property('sound and repeated', fc.record(searches), async (search) => {
    const { image, affordableOptions: options } = prepared(search)
    const detector = presets[search.preset]
    const before = image.data.slice()
    const explained = await detector.explain(image, options)
    const { width, height } = image
    expectNone('answer', flawsOf(explained.faces, width, height, options))
    expectNone('confidence', underThreshold(explained.faces, options))
    expectNone('trace', traceFlaws(explained.trace, explained.faces))
    expectSame('size', [explained.width, explained.height], [width, height])
    for (const again of [1, 2]) {
      expectSame(`answers, asked again (${again})`, await detector.detectFaces(image, options), explained.faces)
    }
    expectSame('the bytes given, afterwards,', image.data, before)
  })

  const layout = property('layouts', fc.record({ ...searches, layout: layouts }), async ({ layout, ...search }) => {
    const { image, affordableOptions: options } = prepared(search)
    const detector = presets[search.preset]
    const expected = await detector.detectFaces(image, options)
    expectSame('answers by layout', await detector.detectFaces(layOut(image, layout), options), expected)
  })

  const grey = property('grey', fc.record(searches), async (search) => {
    const { image, affordableOptions: options } = prepared(search)
    const detector = presets[search.preset]
    const greens = Uint8Array.from({ length: image.width * image.height }, (_, n) => image.data[3 * n + 1]!)
    const colours = { ...image, data: Uint8Array.from(image.data, (_, n) => greens[Math.floor(n / 3)]!) }
    const expected = await detector.detectFaces(colours, options)
    expectSame('answers, grey and coloured,', await detector.detectFaces({ ...image, data: greens }, options), expected)
  })

  const share = fc.double({ min: 0, max: 1, noNaN: true })
  const corners = fc.record({ left: share, top: share, right: share, bottom: share })
  const roi = property('roi', fc.record({ ...searches, corners }), async ({ corners, ...search }) => {
    const { image, affordableOptions } = prepared(search)
    const detector = presets[search.preset]
    // Clipping is at the edges of the whole image: of no meaning for the part.
    const options = { ...affordableOptions, clip: false }
    const [left, width] = range(corners.left, corners.right, image.width)
    const [top, height] = range(corners.top, corners.bottom, image.height)
    const region = { x: left, y: top, width, height }
    const part = await detector.detectFaces(cut(image, left, top, width, height), options)
    const found = await detector.detectFaces(image, { ...options, roi: region })
    const distance = distanceOf(
      found,
      part.map((face) => moved(face, left, top)),
    )
    if (!(distance <= ROUNDING))
      expectSame(`answers for ${JSON.stringify(region)} and for the part cut out`, found, part)
    const { clip: _, ...clipped } = options
    const inside = await detector.detectFaces(image, { ...clipped, roi: region })
    expectNone('answer', flawsOf(inside, image.width, image.height, clipped))
  })

  const several = fc.array(fc.record({ picture: pictures(250), options: searchOptions }), {
    minLength: 1,
    maxLength: 6,
  })
  const elsewhere = property('worker and pool', several, async (all) => {
    const calls = all.map(({ picture, options }) => [draw(picture), affordable(picture, options)] as const)
    const expected: AnyFace[][] = []
    for (const [image, options] of calls) expected.push(await single.detectFaces(image, options))
    for (const [name, detector] of [
      ['a worker', worker],
      ['a pool', pool],
      ['one thread', single],
    ] as const) {
      const found = await Promise.all(calls.map(([image, options]) => detector.detectFaces(image, options)))
      expectSame(`overlapping answers of ${name}`, found, expected)
    }
  })

  const relaxed = property('fast precision', fc.record(searches), async (search) => {
    const { image, affordableOptions: options } = prepared({ ...search, preset: 'classic' })
    const found = await fast.detectFaces(image, options)
    expectNone('answer', flawsOf(found, image.width, image.height, options))
    expectSame('answers, asked again', await fast.detectFaces(image, options), found)
  })

  return [sound, layout, grey, roi, elsewhere, relaxed] as unknown as Property<never>[]
}

/** From the lesser of two shares of a side to the other, at least a pixel. */
function range(a: number, b: number, side: number): [start: number, length: number] {
  const start = Math.min(Math.floor(Math.min(a, b) * side), side - 1)
  const end = Math.max(Math.floor(Math.max(a, b) * side), start + 1)
  return [start, end - start]
}

function moved(face: AnyFace, left: number, top: number): AnyFace {
  const copy = structuredClone(face)
  for (const point of [copy.box, ...Object.values(copy.keypoints ?? {})]) {
    point.x += left
    point.y += top
  }
  return copy
}

function underThreshold(faces: readonly AnyFace[], { stages = 'full', thresholds = {} }: DetectOptions): string[] {
  const least = (stages === 'full' ? thresholds.output : thresholds.refine) ?? 0
  return faces
    .filter(({ confidence }) => !(confidence > least))
    .map(({ confidence }) => `${confidence} of over ${least}`)
}

function traceFlaws(trace: Trace, faces: readonly AnyFace[]): string[] {
  const flaws: string[] = []
  const rises = (name: string, ...counts: number[]) => {
    const sorted = counts.every(
      (count, n) => Number.isInteger(count) && count >= 0 && (n === 0 || count >= counts[n - 1]!),
    )
    if (!sorted) flaws.push(`${name}: ${counts}`)
  }
  let kept = 0
  trace.levels.forEach(({ cells, passed, afterNms, scale }, n) => {
    rises(`level ${n}`, afterNms, passed, cells[0] * cells[1])
    if (!(scale > 0 && scale <= 12)) flaws.push(`scale ${scale} of level ${n}`)
    kept += afterNms
  })
  rises('proposals', trace.proposals, kept)
  rises('refined', trace.refined, trace.refinePassed, trace.proposals)
  if (trace.outputPassed > 0) rises('faces', faces.length, trace.outputPassed, trace.refined)
  const numbers = [...trace.proposalBoxes, ...trace.refinedBoxes, trace.proposalScores, trace.refinedScores]
  if (!numbers.flat().every(Number.isFinite)) flaws.push('a candidate that is not finite')
  if (!Object.values(trace.milliseconds).every((time) => time >= 0 && Number.isFinite(time))) flaws.push('a time')
  return flaws
}
