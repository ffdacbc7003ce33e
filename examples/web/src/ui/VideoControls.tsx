import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { Icon } from './Icon.tsx'

/** Plays, pauses and moves in a video. */
export function VideoControls({ video }: { video: HTMLVideoElement }) {
  const paused = useSignal(video.paused)
  const time = useSignal(video.currentTime)
  useEffect(() => {
    const update = () => {
      paused.value = video.paused
      time.value = video.currentTime
    }
    const events = ['play', 'pause', 'timeupdate', 'seeked']
    for (const name of events) video.addEventListener(name, update)
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches
    if (!still) video.play().catch(() => undefined)
    return () => {
      for (const name of events) video.removeEventListener(name, update)
      video.pause()
    }
  }, [video])
  return (
    <div class="video-controls">
      <button
        type="button"
        class="icon-button"
        aria-label={paused.value ? 'Play' : 'Pause'}
        onClick={() => (video.paused ? video.play() : video.pause())}
      >
        <Icon name={paused.value ? 'play' : 'pause'} />
      </button>
      <input
        type="range"
        min="0"
        max={Number.isFinite(video.duration) ? video.duration : 0}
        step="0.05"
        value={time.value}
        aria-label="Place in the video, seconds"
        onInput={({ currentTarget }) => {
          video.currentTime = currentTarget.valueAsNumber
        }}
      />
    </div>
  )
}
