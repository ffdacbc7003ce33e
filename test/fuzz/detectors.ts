import { type CreateOptions, MTCNN, MTCNNPool } from 'mtcnn-wasm'

export type Preset = NonNullable<CreateOptions['preset']>

/** All that are fuzzed; made once, so that what one case leaves behind meets the next. */
export interface Detectors {
  readonly presets: Readonly<Record<Preset, MTCNN>>
  /** The same as `presets.classic`. */
  readonly single: MTCNN
  readonly worker: MTCNN
  readonly pool: MTCNNPool
  /** With the relaxed build, where the engine runs it. */
  readonly fast: MTCNN
  dispose(): void
}

export async function createDetectors(): Promise<Detectors> {
  const [classic, accurate, balanced, fastest, worker, pool, fast] = await Promise.all([
    MTCNN.create(),
    MTCNN.create({ preset: 'accurate' }),
    MTCNN.create({ preset: 'balanced' }),
    MTCNN.create({ preset: 'fast' }),
    MTCNN.create({ worker: true }),
    MTCNNPool.create({ size: 2 }),
    MTCNN.create({ precision: 'fast' }),
  ])
  return {
    presets: { classic, accurate, balanced, fast: fastest },
    single: classic,
    worker,
    pool,
    fast,
    dispose() {
      for (const each of [classic, accurate, balanced, fastest, worker, pool, fast]) each.dispose()
    },
  }
}
