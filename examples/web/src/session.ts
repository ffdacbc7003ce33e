import { batch, effect, untracked } from '@preact/signals'
import type { MTCNN } from 'mtcnn-wasm/slim'
import { detectorFor, LoadError } from './detectors.ts'
import { lastFrame, searchFrames } from './live.ts'
import { compared, detectOptions, PRESET_NAMES, type Settings, settings, settingsOf } from './settings.ts'
import { closeSource, openCamera, openFile, type Picture, type Source, SourceError } from './sources.ts'
import {
  active,
  answer,
  type Explained,
  explaining,
  explanation,
  failure,
  isLive,
  mirrored,
  opening,
  otherAnswer,
  rate,
  searching,
  source,
} from './state.ts'

let current = new AbortController()
let turn: Promise<void> = Promise.resolve()
let openings = 0
let again: () => void = search

/** From now on, every change of the source or of the settings is searched. */
export function start(): void {
  effect(() => {
    source.value
    settings.value
    // Live video is not compared: the two searches would take turns.
    if (!isLive.value) compared.value
    untracked(search)
  })
  effect(() => {
    if (explaining.value) untracked(explainAnswer)
  })
}

/** Tries again what failed last. */
export function tryAgain(): void {
  again()
}

/** Looks at the source with the settings as they are now. What was being done is stopped first. */
function search(): void {
  current.abort()
  current = new AbortController()
  const { signal } = current
  const searched = source.peek()
  const now = settings.peek()
  batch(() => {
    clear()
    failure.value = undefined
    searching.value = searched !== undefined
  })
  if (!searched) return
  turn = turn.then(async () => {
    if (signal.aborted) return
    try {
      if (searched.kind === 'picture') await searchPicture(searched, now, signal)
      else await searchLive(searched, now, signal)
    } catch (cause) {
      if (!signal.aborted) fail(cause, search)
    }
  })
}

function clear(): void {
  answer.value = undefined
  otherAnswer.value = undefined
  explanation.value = undefined
  rate.value = undefined
  active.value = undefined
}

async function searchPicture(picture: Picture, now: Settings, signal: AbortSignal): Promise<void> {
  const beside = compared.peek() && settingsOf(compared.peek()!, now.worker)
  const first = await explainPicture(await detectorFor(now), picture, now, signal)
  // One after the other, so that neither takes the other's time.
  const second = beside && (await explainPicture(await detectorFor(beside), picture, beside, signal))
  if (signal.aborted) return
  batch(() => {
    answer.value = { title: PRESET_NAMES[now.preset], faces: first.faces, milliseconds: timeOf(first) }
    otherAnswer.value = second && {
      title: PRESET_NAMES[beside.preset],
      faces: second.faces,
      milliseconds: timeOf(second),
    }
    explanation.value = first
    searching.value = false
  })
}

function timeOf({ trace: { milliseconds } }: Explained): number {
  return milliseconds.total - milliseconds.detail
}

async function explainPicture(
  detector: MTCNN,
  { pixels, id }: Picture,
  now: Settings,
  signal: AbortSignal,
): Promise<Explained> {
  const options = { ...detectOptions(now), signal, scores: explaining.peek() }
  return { ...(await detector.explain(pixels, options)), id, worker: detector.info.worker }
}

/** The explanation comes into view, and the answer was found without it: the same search again, with all scores. */
async function explainAnswer(): Promise<void> {
  const [shown, searched, now, { signal }] = [explanation.peek(), source.peek(), settings.peek(), current]
  if (!shown || searched?.kind !== 'picture' || shown.trace.levels.some(({ scores }) => scores)) return
  try {
    const full = await explainPicture(await detectorFor(now), searched, now, signal)
    if (!signal.aborted) explanation.value = full
  } catch (cause) {
    if (!signal.aborted) fail(cause, search)
  }
}

async function searchLive(live: Exclude<Source, Picture>, now: Settings, signal: AbortSignal): Promise<void> {
  const detector = await detectorFor(now)
  await searchFrames(detector, live.kind === 'camera' ? live.stream : live.element, now, signal)
  // The camera was unplugged, or taken away. Not waited for, since it waits for this turn.
  if (!signal.aborted) leaveLive()
}

/** Shows another source, once it is there; until then the one before stays, with its faces. */
export async function open(name: string, next: () => Promise<Source>): Promise<void> {
  const mine = ++openings
  batch(() => {
    failure.value = undefined
    opening.value = name
  })
  let arrived: Source
  try {
    arrived = await next()
  } catch (cause) {
    if (mine === openings) fail(cause, () => open(name, next))
    return
  }
  // Meanwhile, something else was chosen.
  if (mine !== openings) return closeSource(arrived)
  const [before, busyWithIt] = [source.peek(), turn]
  batch(() => {
    opening.value = undefined
    mirrored.value = arrived.mirrored
    source.value = arrived
  })
  await busyWithIt
  closeSource(before)
}

/** Stops the camera or the video; its last frame stays, to look at. */
export async function leaveLive(): Promise<void> {
  const left = source.peek()
  if (!left || left.kind === 'picture') return
  await open('the last frame', async () => openFile(await lastFrame(), 'the last frame', mirrored.peek()))
}

/** The camera; where it runs already, the other one. */
export function useCamera(): Promise<void> {
  const before = source.peek()
  if (before?.kind !== 'camera') return open('the camera', () => openCamera())
  return open('the other camera', async () => {
    current.abort()
    // A phone lends one camera at a time.
    closeSource(before)
    return openCamera(before)
  })
}

/** Says what went wrong. Nothing stays on the screen that is not true any more. */
function fail(cause: unknown, retry: () => void): void {
  again = retry
  const stays = opening.peek() !== undefined && answer.peek() !== undefined
  batch(() => {
    if (!stays) clear()
    if (opening.peek() === undefined) searching.value = false
    opening.value = undefined
    failure.value = stays ? `${messageOf(cause)} You still see ${source.peek()!.name}.` : messageOf(cause)
  })
}

function messageOf(cause: unknown): string {
  if (cause instanceof SourceError || cause instanceof LoadError) return cause.message
  return `The search failed: ${cause instanceof Error ? cause.message : String(cause)}`
}
