import { type Remote, wrap } from 'comlink'
import type { Studio } from './studio.worker.ts'

/** Decodes and draws away from the page's own thread, which stays free for the visitor. */
export const studio: Remote<Studio> = wrap<Studio>(
  new Worker(new URL('./studio.worker.ts', import.meta.url), { type: 'module', name: 'studio' }),
)
