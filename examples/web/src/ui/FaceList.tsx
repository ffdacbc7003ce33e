import { type Signal, useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { baseName, cutFaces, facesAsJson, saveCrops, saveJson, savePicture } from '../save.ts'
import { active, answer, failure, hiding, isLive, percent } from '../state.ts'
import { sizeOf } from './Boxes.tsx'
import { CopyButton } from './CopyButton.tsx'
import { Icon } from './Icon.tsx'

/** A face that is cut out, and the address under which the page shows it. */
interface Crop {
  file: Blob
  url: string
}

/** The faces one by one, and ways to take them along. */
export function FaceList() {
  const { value: found } = answer
  const crops = useSignal<Crop[]>([])
  const straight = useSignal(false)
  useEffect(() => {
    crops.value = []
    if (!found || isLive.value) return undefined
    let isOver = false
    let made: Crop[] = []
    cutFaces(found.faces, straight.value).then(
      (files) => {
        if (isOver) return
        made = files.map((file) => ({ file, url: URL.createObjectURL(file) }))
        crops.value = made
      },
      // Another picture was opened meanwhile, and this one is closed.
      (cause) => {
        if (!isOver) failure.value = `The faces could not be cut out: ${cause.message}`
      },
    )
    return () => {
      isOver = true
      for (const { url } of made) URL.revokeObjectURL(url)
    }
  }, [found, straight.value])
  const none = !found || found.faces.length === 0
  return (
    <section class="card faces" aria-labelledby="faces-title" aria-busy={!found}>
      <div class="head">
        <h2 id="faces-title">Faces</h2>
        {!isLive.value && (
          <div class="choices">
            <Switch label="Straighten" of={straight} />
            <Switch label="Blur in the picture" of={hiding} />
          </div>
        )}
      </div>
      {none && <p class="note">{found ? 'No face in this picture.' : 'They appear here when the search is done.'}</p>}
      {isLive.value ? (
        <p class="note">Stop to see them one by one.</p>
      ) : (
        <ul>
          {found?.faces.map((face, n) => (
            <li key={n}>
              <a
                class={active.value === n ? 'active' : ''}
                href={crops.value[n]?.url}
                download={`${baseName()}.face-${n + 1}.png`}
                onPointerEnter={() => {
                  active.value = n
                }}
                onPointerLeave={() => {
                  active.value = undefined
                }}
                onFocus={() => {
                  active.value = n
                }}
                onBlur={() => {
                  active.value = undefined
                }}
              >
                <span class="crop">{crops.value[n] && <img src={crops.value[n].url} alt="" />}</span>
                <span class="hidden">Save face {n + 1}: </span>
                <strong class="number">{percent(face.confidence)}</strong>
                <span class="hidden"> sure, </span>
                <span class="size number">{sizeOf(face)}</span>
                <span class="hidden"> pixels</span>
              </a>
            </li>
          ))}
        </ul>
      )}
      <div class="exports">
        <CopyButton text={facesAsJson}>Copy JSON</CopyButton>
        <SaveButton label="Save JSON" disabled={!found} onClick={saveJson} />
        <SaveButton label="Save picture" disabled={!found} onClick={savePicture} />
        <SaveButton
          label="Save faces"
          disabled={crops.value.length === 0}
          onClick={() => saveCrops(crops.value.map(({ file }) => file))}
        />
      </div>
    </section>
  )
}

function Switch({ label, of }: { label: string; of: Signal<boolean> }) {
  return (
    <label class="switch">
      <input
        type="checkbox"
        checked={of.value}
        onChange={({ currentTarget }) => {
          of.value = currentTarget.checked
        }}
      />
      <span>{label}</span>
    </label>
  )
}

function SaveButton({ label, disabled, onClick }: { label: string; disabled: boolean; onClick: () => void }) {
  return (
    <button type="button" class="button small" disabled={disabled} onClick={onClick}>
      <Icon name="save" />
      <span>{label}</span>
    </button>
  )
}
