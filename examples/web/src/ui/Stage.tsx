import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { takeFiles } from '../files.ts'
import { liveCanvas, liveShape } from '../live.ts'
import { answer, hiding, isLive, mirrored, opening, otherAnswer, searching, source } from '../state.ts'
import { Actions } from './Actions.tsx'
import { Boxes } from './Boxes.tsx'
import { Compare, divider } from './Compare.tsx'
import { Failure } from './Failure.tsx'
import { Gallery } from './Gallery.tsx'
import { Hidden } from './Hidden.tsx'
import { Loading } from './Loading.tsx'
import { Status } from './Status.tsx'
import { VideoControls } from './VideoControls.tsx'

/** The picture with its faces, and what is near it. */
export function Stage() {
  const over = useSignal(false)
  useEffect(() => {
    takeFiles((isOver) => {
      over.value = isOver
    })
  }, [])
  const { value: shown } = source
  const hidesNow = hiding.value && shown?.kind === 'picture'
  const isBusy = searching.value || opening.value !== undefined
  return (
    <section class="stage" aria-label="Picture">
      <div class={`view ${mirrored.value ? 'mirrored' : ''}`} aria-busy={isBusy} data-source={shown?.kind ?? 'none'}>
        {shown?.kind === 'picture' && <img class="shown" src={shown.url} alt={shown.name} />}
        {shown?.kind === 'picture' && hiding.value && answer.value && (
          <Hidden id={shown.id} faces={answer.value.faces} />
        )}
        {shown && shown.kind !== 'picture' && <Live key={shown.kind} />}
        {!shown && !isBusy && <p class="empty">Drop a picture or a video here, or paste one.</p>}
        {answer.value && !hidesNow && (
          <Boxes
            answer={answer.value}
            mirrored={mirrored.value}
            live={isLive.value}
            part={otherAnswer.value ? { from: 0, to: divider.value } : undefined}
          />
        )}
        {otherAnswer.value && !hidesNow && (
          <Boxes answer={otherAnswer.value} mirrored={mirrored.value} part={{ from: divider.value, to: 1 }} other />
        )}
        {answer.value && otherAnswer.value && !hidesNow && <Compare first={answer.value} second={otherAnswer.value} />}
        {shown?.kind === 'video' && <VideoControls key={shown.url} video={shown.element} />}
        <Loading />
        {over.value && (
          <p class="drop" aria-hidden="true">
            Let go to find the faces
          </p>
        )}
      </div>
      <div class="bar">
        <Status />
        <Actions />
      </div>
      <Failure />
      <Gallery />
    </section>
  )
}

/** Frames of the camera or of a video. What an earlier source left is not shown. */
function Live() {
  return (
    <canvas
      class="shown"
      role="img"
      aria-label={`What ${source.value?.name} shows`}
      style={{ visibility: answer.value ? 'visible' : 'hidden', aspectRatio: String(liveShape.value) }}
      ref={(canvas) => {
        liveCanvas.current = canvas
      }}
    />
  )
}
