import { computed, signal } from '@preact/signals'
import type { CreateOptions, DetectOptions, Preset } from 'mtcnn-wasm/slim'

/** What can be moved in the form: one number each. */
export type Knob = 'minFaceSize' | 'proposal' | 'refine' | 'output'

/** What the form says. */
export interface Settings extends Record<Knob, number> {
  preset: Preset
  worker: boolean
  /** Whether faces that lie or stand on their head are looked for, too. */
  rotate: boolean
}

/** Where each preset puts the sliders. */
export const PRESETS: Record<Preset, Record<Knob, number>> = {
  classic: { minFaceSize: 20, proposal: 0.6, refine: 0.7, output: 0.7 },
  accurate: { minFaceSize: 10, proposal: 0.6, refine: 0.5, output: 0.7 },
  balanced: { minFaceSize: 20, proposal: 0.6, refine: 0.7, output: 0.7 },
  fast: { minFaceSize: 40, proposal: 0.6, refine: 0.7, output: 0.5 },
}

export const PRESET_NAMES: Record<Preset, string> = {
  classic: 'Classic',
  accurate: 'Accurate',
  balanced: 'Balanced',
  fast: 'Fast',
}

export const settings = signal<Settings>(settingsOf('classic', true))

/** A preset to show beside the settings. */
export const compared = signal<Preset | undefined>(undefined)

/** Whether anything differs from the preset. */
export const changed = computed(() => Object.keys(detectOptions(settings.value)).length > 0)

/** A preset as it comes. */
export function settingsOf(preset: Preset, worker: boolean): Settings {
  return { preset, worker, rotate: false, ...PRESETS[preset] }
}

/** Another preset takes its sliders with it. */
export function choosePreset(preset: Preset): void {
  settings.value = settingsOf(preset, settings.value.worker)
  if (compared.value === preset) compared.value = undefined
}

export function turnKnob(knob: Knob, value: number): void {
  settings.value = { ...settings.value, [knob]: value }
}

/** What `MTCNN.create` is told: only what is not its default. */
export function createOptions({ preset, worker }: Settings): CreateOptions<'full'> {
  return { ...(preset !== 'classic' && { preset }), ...(!worker && { worker }) }
}

/** What a call is told: only what differs from the preset. */
export function detectOptions(settings: Settings): DetectOptions<'full'> {
  const start = PRESETS[settings.preset]
  const thresholds: DetectOptions['thresholds'] = {}
  for (const name of ['proposal', 'refine', 'output'] as const) {
    if (settings[name] !== start[name]) thresholds[name] = settings[name]
  }
  return {
    ...(settings.minFaceSize !== start.minFaceSize && { minFaceSize: settings.minFaceSize }),
    ...(Object.keys(thresholds).length > 0 && { thresholds }),
    ...(settings.rotate && { rotate: true }),
  }
}
