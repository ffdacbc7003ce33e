import type { CreateOptions, DetectOptions, Thresholds } from 'mtcnn-wasm'

type Preset = NonNullable<CreateOptions['preset']>

/** What the form says. */
export interface Settings {
  preset: Preset
  worker: boolean
  mirror: boolean
  detect: DetectOptions<'full'>
}

interface Start {
  minFaceSize: number
  thresholds: Thresholds
  note: string
}

/** Where each preset puts the sliders. */
const PRESETS: Record<Preset, Start> = {
  classic: {
    minFaceSize: 20,
    thresholds: { proposal: 0.6, refine: 0.7, output: 0.7 },
    note: 'The answers of the Python package, to the letter.',
  },
  accurate: {
    minFaceSize: 10,
    thresholds: { proposal: 0.6, refine: 0.5, output: 0.7 },
    note: 'More and smaller faces, better placed, several times the time.',
  },
  fast: {
    minFaceSize: 40,
    thresholds: { proposal: 0.6, refine: 0.7, output: 0.7 },
    note: 'For video and faces of 40 pixels and more.',
  },
}

const THRESHOLDS = ['proposal', 'refine', 'output'] as const

/** The form beside the picture. */
export class SettingsForm {
  readonly #form: HTMLFormElement

  constructor(form: HTMLFormElement, changed: (name: string) => void) {
    this.#form = form
    this.#applyPreset()
    form.addEventListener('input', ({ target }) => {
      const { name } = target as HTMLInputElement
      if (name === 'preset') this.#applyPreset()
      this.#showValues()
      changed(name)
    })
    form.addEventListener('reset', (event) => {
      // The sliders go back to what the preset says, not to what the markup says.
      event.preventDefault()
      this.#applyPreset()
      changed('reset')
    })
    form.addEventListener('submit', (event) => event.preventDefault())
  }

  get values(): Settings {
    const [proposal, refine, output] = THRESHOLDS.map((name) => this.#input(name).valueAsNumber) as [
      number,
      number,
      number,
    ]
    return {
      preset: this.#preset,
      worker: this.#input('worker').checked,
      mirror: this.#input('mirror').checked,
      detect: {
        minFaceSize: this.#input('minFaceSize').valueAsNumber,
        thresholds: { proposal, refine, output },
      },
    }
  }

  set mirror(mirrored: boolean) {
    this.#input('mirror').checked = mirrored
  }

  get #preset(): Preset {
    return (this.#form.elements.namedItem('preset') as HTMLSelectElement).value as Preset
  }

  #input(name: string): HTMLInputElement {
    return this.#form.elements.namedItem(name) as HTMLInputElement
  }

  #applyPreset(): void {
    const { minFaceSize, thresholds, note } = PRESETS[this.#preset]
    this.#input('minFaceSize').valueAsNumber = minFaceSize
    for (const name of THRESHOLDS) this.#input(name).valueAsNumber = thresholds[name]
    this.#form.querySelector('#preset-note')!.textContent = note
    this.#showValues()
  }

  #showValues(): void {
    for (const name of ['minFaceSize', ...THRESHOLDS]) {
      const input = this.#input(name)
      const shown = name === 'minFaceSize' ? `${input.value} px` : input.valueAsNumber.toFixed(2)
      const share = (input.valueAsNumber - Number(input.min)) / (Number(input.max) - Number(input.min))
      input.style.setProperty('--filled', `${100 * share}%`)
      input.setAttribute('aria-valuetext', name === 'minFaceSize' ? `${input.value} pixels` : shown)
      this.#form.querySelector(`[data-of="${name}"]`)!.textContent = shown
    }
  }
}
