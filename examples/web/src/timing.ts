import type { StageTimes } from 'mtcnn-wasm'

const STAGES = [
  ['load', 'Pixels in'],
  ['resize', 'Pyramid'],
  ['proposal', 'P-Net'],
  ['patches', 'Patches'],
  ['refine', 'R-Net'],
  ['output', 'O-Net'],
] as const

/** Frames per second are counted over so many milliseconds. */
const WINDOW = 2000

/** The card with milliseconds per stage and frames per second. */
export class Timing {
  readonly #card: HTMLElement
  readonly #frames: number[] = []
  #longest = 0

  constructor(card: HTMLElement) {
    this.#card = card
    // Tells only of what took over 50 ms.
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) this.#longest = Math.max(this.#longest, duration)
      this.#showHeld()
    }).observe({ entryTypes: ['longtask'] })
  }

  /** Another source or other settings: what was measured is forgotten. Only live video has a rate. */
  restart(live: boolean): void {
    this.#card.querySelector('#rate')!.parentElement!.hidden = !live
    this.#frames.length = 0
    this.#longest = 0
    this.#text('rate', '–')
    this.#showHeld()
  }

  /** An answer of the camera's frames arrived. */
  tick(now = performance.now()): void {
    const frames = this.#frames
    frames.push(now)
    while (frames[0]! < now - WINDOW) frames.shift()
    if (frames.length < 3) return
    this.#text('rate', (((frames.length - 1) * 1000) / (now - frames[0]!)).toFixed(0))
  }

  showStages(times: StageTimes, worker: boolean): void {
    this.#card.dataset.known = 'true'
    const total = times.total - times.detail
    this.#text('time', `${total.toFixed(total < 100 ? 1 : 0)} ms`)
    this.#text(
      'where',
      worker ? 'Measured in the worker, without the way there and back.' : 'Measured on the main thread.',
    )
    this.#card.querySelector('#shares')!.replaceChildren(
      ...STAGES.map(([name]) => {
        const part = document.createElement('span')
        part.className = name
        part.style.flexGrow = String(times[name])
        return part
      }),
    )
    this.#card.querySelector('#stages')!.replaceChildren(
      ...STAGES.map(([name, label]) => {
        const row = document.createElement('div')
        const term = document.createElement('dt')
        const value = document.createElement('dd')
        term.className = name
        term.textContent = label
        value.textContent = `${times[name].toFixed(1)} ms`
        row.append(term, value)
        return row
      }),
    )
  }

  #showHeld(): void {
    this.#text('held', this.#longest === 0 ? 'under 50 ms' : `${this.#longest.toFixed(0)} ms`)
  }

  #text(id: string, text: string): void {
    this.#card.querySelector(`#${id}`)!.textContent = text
  }
}
