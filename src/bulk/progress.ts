import cliProgress from 'cli-progress'
import type { Tally } from './tally.ts'

/** Without a terminal: how often the state is told, milliseconds. */
const LINE_MS = 30_000

const BAR_WIDTH = 24

export interface ProgressOutput {
  /** Where a bar can be drawn; undefined where standard error is no terminal. */
  terminal: NodeJS.WritableStream | undefined
  print(text: string): void
}

/** Shows how far a run is: a bar on a terminal, else a line every half minute. */
export class Progress {
  readonly #bar: cliProgress.SingleBar | undefined
  readonly #timer: NodeJS.Timeout | undefined

  constructor(tally: Tally, output: ProgressOutput) {
    if (output.terminal) {
      this.#bar = new cliProgress.SingleBar({
        stream: output.terminal,
        format: () => `[${bar(tally.share)}] ${tally.progress()}`,
        clearOnComplete: true,
        forceRedraw: true,
        fps: 4,
      })
      this.#bar.start(1, 0)
    } else {
      this.#timer = setInterval(() => output.print(`${tally.progress()}\n`), LINE_MS)
      this.#timer.unref()
    }
  }

  /** Has something printed that stays, above the bar. */
  around(print: () => void): void {
    this.#bar?.stop()
    print()
    this.#bar?.start(1, 0)
  }

  end(): void {
    this.#bar?.stop()
    clearInterval(this.#timer)
  }
}

function bar(share: number): string {
  const filled = Math.round(share * BAR_WIDTH)
  return '='.repeat(filled) + '-'.repeat(BAR_WIDTH - filled)
}
