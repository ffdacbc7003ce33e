import { expect, it } from 'vitest'
import { readPage } from '../../docs/tools/pages.mjs'
import type {
  CreateOptions,
  DetectAllOptions,
  DetectOptions,
  ExplainOptions,
  PoolOptions,
} from '../../src/options/options.ts'
import { DEFAULT_OPTIONS, PRESETS } from '../../src/options/options.ts'
import type { NextOptions, TrackOptions } from '../../src/options/track.ts'

type Options = keyof (CreateOptions &
  DetectOptions &
  DetectAllOptions &
  ExplainOptions &
  PoolOptions &
  TrackOptions &
  NextOptions)

/** Compiles only with every option that there is. */
const OPTIONS: Record<Options, true> = {
  minFaceSize: true,
  scaleFactor: true,
  thresholds: true,
  nms: true,
  maxFaces: true,
  stages: true,
  patches: true,
  flip: true,
  passes: true,
  confidence: true,
  rotate: true,
  pad: true,
  clip: true,
  roi: true,
  signal: true,
  transfer: true,
  strict: true,
  maxPixels: true,
  maxBytes: true,
  preset: true,
  weights: true,
  module: true,
  worker: true,
  threads: true,
  precision: true,
  queueLimit: true,
  size: true,
  policy: true,
  onError: true,
  scores: true,
  searchEvery: true,
  keep: true,
  smooth: true,
  timestamp: true,
}

const page = readPage('docs/options.md')
const rows = [...page.matchAll(/^\| (`\w+`(?:, `\w+`)*) \| (.*?) \|/gm)].flatMap(([, names = '', value = '']) =>
  [...names.matchAll(/`(\w+)`/g)].map(([, name = '']) => [name, value] as const),
)

it('docs/options.md has every option, and no other', () => {
  expect([...new Set(rows.map(([name]) => name))].sort()).toEqual(Object.keys(OPTIONS).sort())
})

it('docs/options.md states the defaults', () => {
  const stated = new Map([...rows].reverse())
  for (const [name, value] of Object.entries(DEFAULT_OPTIONS)) {
    if (name === 'signal' || name === 'maxPixels' || name === 'maxBytes') continue
    const [, text = ''] = /^`?(.*?)`?$/.exec(stated.get(name) ?? '')!
    expect(new Function(`return (${text})`)(), name).toEqual(value)
  }
})

it('docs/options.md names every preset', () => {
  for (const name of Object.keys(PRESETS)) expect(page).toContain(`\`'${name}'\``)
})
