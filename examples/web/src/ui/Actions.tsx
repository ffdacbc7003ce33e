import { openFiles } from '../files.ts'
import { leaveLive, useCamera } from '../session.ts'
import { isLive, source } from '../state.ts'
import { Icon } from './Icon.tsx'

/** What one can look at instead. */
export function Actions() {
  const { value: shown } = source
  return (
    <div class="actions">
      <label class="button primary">
        <input
          class="hidden"
          type="file"
          accept="image/*,video/*"
          onChange={({ currentTarget }) => {
            openFiles(currentTarget.files)
            // So that the same file can be chosen again.
            currentTarget.value = ''
          }}
        />
        <Icon name="picture" />
        Choose a file
      </label>
      {isLive.value ? (
        <button type="button" class="button stop" onClick={leaveLive}>
          <Icon name="stop" />
          {shown?.kind === 'camera' ? 'Stop the camera' : 'Stop the video'}
        </button>
      ) : (
        <button type="button" class="button" onClick={useCamera}>
          <Icon name="camera" />
          Use the camera
        </button>
      )}
      {shown?.kind === 'camera' && shown.others && (
        <button type="button" class="button" onClick={useCamera}>
          <Icon name="turn" />
          Other camera
        </button>
      )}
    </div>
  )
}
