import type { LevelTrace } from 'mtcnn-wasm/slim'
import { useEffect, useRef } from 'preact/hooks'
import { type Explained, explaining, explanation } from '../state.ts'
import { studio } from '../studio/studio.ts'
import { Drawing } from './Drawing.tsx'
import { Fold } from './Fold.tsx'

const NUMBER = new Intl.NumberFormat('en')

type Corners = readonly [x1: number, y1: number, x2: number, y2: number]

/** How the faces were found, step by step. */
export function Explanation() {
  const anchor = useRef<HTMLDivElement>(null)
  useEffect(() => {
    // Folded, it is never in view.
    const observer = new IntersectionObserver(([entry]) => {
      explaining.value = entry!.isIntersecting
    })
    observer.observe(anchor.current!)
    return () => observer.disconnect()
  }, [])
  const { value: found } = explanation
  return (
    <Fold class="explanation" title="How the faces were found">
      <div ref={anchor} class="steps" aria-busy={!found}>
        {found ? <Steps found={found} /> : <p class="note">Each step appears here when the search is done.</p>}
      </div>
    </Fold>
  )
}

function Steps({ found }: { found: Explained }) {
  const { trace, faces, id } = found
  // Each turn is a search of its own.
  const turns = trace.turns ?? [{ ...trace, turn: 0 as const }]
  const corners = ([x1, y1, x2, y2]: Corners) => ({ x: x1, y: y1, width: x2 - x1, height: y2 - y1 })
  const steps = [
    ['First look', 'Places that could be a face', trace.proposalBoxes.map(corners)],
    ['Second look', 'Those that still could, moved to fit', trace.refinedBoxes.map(corners)],
    ['Last look', 'The faces', faces.map(({ box }) => box)],
  ] as const
  return (
    <>
      <p>
        Three small neural networks look at the picture one after the other. Each looks more closely than the one
        before, and only where that one saw something.
      </p>
      <Funnel found={found} />
      <h3>What each look left</h3>
      <div class="looks">
        {steps.map(([title, text, boxes]) => (
          <Drawing
            key={title}
            title={`${title}: ${NUMBER.format(boxes.length)}`}
            described={`${title}: ${boxes.length} boxes over the picture`}
            shape={found.width / found.height}
            draw={() => studio.boxes(id, boxes)}
            of={found}
          >
            {text}
          </Drawing>
        ))}
      </div>
      <div class="head">
        <h3>The first look, size by size</h3>
        <p class="scale" aria-hidden="true">
          no face<span></span>face
        </p>
      </div>
      <p class="note">
        The picture is searched again and again, each time smaller, always for faces of one size. Bright places looked
        like a face of that size.
      </p>
      <div class="levels">
        {turns.flatMap(({ levels, turn }) =>
          levels.map((level, n) => <Level key={`${turn} ${n}`} level={level} turn={turn} found={found} />),
        )}
      </div>
    </>
  )
}

function Level({ level, turn, found }: { level: LevelTrace; turn: number; found: Explained }) {
  const { scale, width, height, cells, passed } = level
  return (
    <Drawing
      title={`Faces of ${Math.round(12 / scale)} px${turn === 0 ? '' : `, turned by ${turn}°`}`}
      described={`Picture of ${width} by ${height} pixels: ${passed} of ${cells[0] * cells[1]} places could be a face`}
      shape={width / height}
      // Without scores there is nothing to see yet.
      draw={level.scores && (() => studio.level(found.id, level, turn))}
      of={found}
    >
      {width} × {height}, {passed > 0 ? `${NUMBER.format(passed)} places` : 'no place'}
    </Drawing>
  )
}

/** How many were left after each step. The bars are logarithmic: the first step is the steepest by far. */
function Funnel({ found: { trace, faces } }: { found: Explained }) {
  const sum = (of: (level: LevelTrace) => number) => trace.levels.reduce((total, level) => total + of(level), 0)
  const places = sum(({ cells: [columns, rows] }) => columns * rows)
  const steps: [string, number][] = [
    ['places looked at', places],
    ['could be a face', sum(({ passed }) => passed)],
    ['without duplicates', trace.proposals],
    ['after the second look', trace.refinePassed],
    ['without duplicates', trace.refined],
    ['after the last look', trace.outputPassed],
    [faces.length === 1 ? 'face' : 'faces', faces.length],
  ]
  return (
    <ol class="funnel">
      {steps.map(([label, count], n) => (
        <li key={n} style={{ '--share': `${(100 * Math.log(count + 1)) / Math.log(Math.max(places, 1) + 1)}%` }}>
          <strong class="number">{NUMBER.format(count)}</strong> <span>{label}</span>
        </li>
      ))}
    </ol>
  )
}
