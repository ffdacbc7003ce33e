import type { Preset } from 'mtcnn-wasm/slim'
import {
  changed,
  choosePreset,
  compared,
  type Knob,
  PRESET_NAMES,
  settings,
  settingsOf,
  turnKnob,
} from '../settings.ts'
import { isLive, mirrored } from '../state.ts'
import { Fold } from './Fold.tsx'

const NOTES: Record<Preset, string> = {
  classic: 'The same faces as the Python package mtcnn.',
  accurate: 'More and smaller faces, better placed. Takes several times as long.',
  balanced: 'As accurate, for faces from 20 pixels. Takes less than twice as long as classic.',
  fast: 'For video, and for faces of 40 pixels and more.',
}

const ALL = Object.keys(PRESET_NAMES) as Preset[]

export function SettingsPanel() {
  const { preset, worker, rotate } = settings.value
  return (
    <Fold class="settings" title="Settings">
      <form autocomplete="off" onSubmit={(event) => event.preventDefault()}>
        <fieldset class="presets">
          <legend class="hidden">Preset</legend>
          {ALL.map((each) => (
            <label key={each}>
              <input
                type="radio"
                name="preset"
                value={each}
                checked={preset === each}
                onChange={() => choosePreset(each)}
              />
              <span>{PRESET_NAMES[each]}</span>
            </label>
          ))}
        </fieldset>
        <p class="note">{NOTES[preset]}</p>

        <Slider knob="minFaceSize" label="Smallest face" min={8} max={200} step={1} unit="px" />
        <label class="switch">
          <input
            type="checkbox"
            checked={rotate}
            onChange={({ currentTarget }) => {
              settings.value = { ...settings.value, rotate: currentTarget.checked }
            }}
          />
          <span>Faces upside down and lying, too</span>
        </label>
        <div class="field row">
          <label for="compared">Compare with</label>
          <select
            id="compared"
            value={compared.value ?? ''}
            disabled={isLive.value}
            onChange={({ currentTarget }) => {
              compared.value = (currentTarget.value || undefined) as Preset | undefined
            }}
          >
            <option value="">Nothing</option>
            {ALL.filter((each) => each !== preset).map((each) => (
              <option key={each} value={each}>
                {PRESET_NAMES[each]}
              </option>
            ))}
          </select>
        </div>
        <details class="more">
          <summary>More settings</summary>
          <fieldset>
            <legend>How sure it must be</legend>
            <Slider knob="proposal" label="First look" min={0.2} max={1} step={0.01} />
            <Slider knob="refine" label="Second look" min={0} max={1} step={0.01} />
            <Slider knob="output" label="Last look" min={0} max={1} step={0.01} />
            <p class="note">Lower finds more faces, and more that are none.</p>
          </fieldset>
          <label class="switch">
            <input
              type="checkbox"
              checked={mirrored.value}
              onChange={({ currentTarget }) => {
                mirrored.value = currentTarget.checked
              }}
            />
            <span>Mirror the picture</span>
          </label>
          <label class="switch">
            <input
              type="checkbox"
              checked={worker}
              onChange={({ currentTarget }) => {
                settings.value = { ...settings.value, worker: currentTarget.checked }
              }}
            />
            <span>Search in the background</span>
          </label>
        </details>
        <button
          type="button"
          class="link reset"
          disabled={!changed.value}
          onClick={() => {
            settings.value = settingsOf(preset, worker)
          }}
        >
          Back to the preset
        </button>
      </form>
    </Fold>
  )
}

interface SliderProps {
  knob: Knob
  label: string
  min: number
  max: number
  step: number
  unit?: string
}

function Slider({ knob, label, min, max, step, unit }: SliderProps) {
  const value = settings.value[knob]
  const text = unit ? `${value} ${unit}` : value.toFixed(2)
  return (
    <div class="field slider">
      <label for={knob}>{label}</label>
      <span class="value number" aria-hidden="true">
        {text}
      </span>
      <input
        id={knob}
        type="range"
        min={min}
        max={max}
        step={step}
        value={value}
        aria-valuetext={unit ? `${value} pixels` : text}
        style={{ '--filled': `${(100 * (value - min)) / (max - min)}%` }}
        onInput={({ currentTarget }) => turnKnob(knob, currentTarget.valueAsNumber)}
      />
    </div>
  )
}
