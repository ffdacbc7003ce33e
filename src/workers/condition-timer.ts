/** Acts when a condition has held for some time without a break. */
export class ConditionTimer {
  readonly #milliseconds: number
  readonly #act: () => void
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(milliseconds: number, act: () => void) {
    this.#milliseconds = milliseconds
    this.#act = act
  }

  /** @param holds - Whether the condition holds now. */
  set(holds: boolean): void {
    if (!holds) {
      clearTimeout(this.#timer)
      this.#timer = undefined
    } else if (this.#timer === undefined) {
      this.#timer = setTimeout(() => {
        this.#timer = undefined
        this.#act()
      }, this.#milliseconds)
    }
  }
}
