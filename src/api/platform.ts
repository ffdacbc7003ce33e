import type { KernelChoice } from '../assets/kernels.ts'
import type { Weights } from '../assets/weights.ts'
import type { FrameSource } from '../image/frame-source.ts'
import type { Pixels, ReadOptions } from '../image/pixels.ts'
import type { Engine } from '../workers/engine.ts'
import type { WorkerSpawner } from '../workers/start-worker.ts'

/** What differs between browser and Node. */
export interface Platform<Image> {
  /** Checks or decodes what the caller gave; throws MtcnnError. Raw pixels come at once, not as a promise. */
  pixels(image: Image, options: ReadOptions): Pixels | Promise<Pixels>
  /** The bytes behind a path or URL. */
  read(source: string | URL, signal: AbortSignal | undefined): Promise<Uint8Array>
  /** What comes with the library; missing where the caller has to bring it. */
  readonly shipped?: Shipped
  /** Functions that start a worker: the first that works is used. Empty where there are no workers. */
  workerSpawners(): WorkerSpawner[]
  /** An engine in the thread that calls. */
  localEngine(kernels: WebAssembly.Module, weights: Weights): Promise<Engine>
  /** What cutting faces out takes. */
  cropping(): Promise<typeof import('../faces/cropping.ts')>
  /** What following faces takes. */
  tracking(): Promise<typeof import('../tracking/tracking.ts')>
  /** The newest frames of what is live video; undefined for anything else. */
  liveFrames(source: unknown): FrameSource<unknown> | undefined
  /** What several workers that search one image take. */
  team(): Promise<typeof import('../workers/team-engine.ts')>
  /** What option `worker` is where it is not given. */
  readonly worker: false | 'auto'
  /** How many processors there are. */
  processors(): number
}

/** Kernels and weights that come with the library. */
export interface Shipped {
  kernels(choice: KernelChoice): Promise<WebAssembly.Module | Uint8Array>
  /** Or the address of their file. */
  weights(dtype: Weights['dtype']): Promise<Weights | URL>
}
