/** The built package, as its users have it, and what is asked of it here. */
import type {
  CreateOptions,
  Faces,
  ImageInput,
  MTCNN,
  TrackedFace,
  Tracker,
  TrackOptions,
} from '../../src/index.node.ts'
import { FRAME_MS } from '../../test/helpers/clips/clip.ts'
import type { Photograph } from '../../test/helpers/photographs.ts'

type Library = typeof import('../../src/index.node.ts')
const library = (await import(new URL('../../dist/index.node.js', import.meta.url).href)) as Library

export type DetectorOptions = CreateOptions<'full'>

/** Two detectors with the same options, so that neither of the contenders finds the memory as the other left it. */
export interface Pair {
  searching: MTCNN
  following: MTCNN
  dispose(): void
}

/** In the calling thread, as Node's detectors are unless a worker is asked for. */
export async function pair(options?: DetectorOptions): Promise<Pair> {
  const create = () => library.MTCNN.create(options)
  const [searching, following] = await Promise.all([create(), create()])
  const dispose = () => {
    searching.dispose()
    following.dispose()
  }
  return { searching, following, dispose }
}

export async function search({ searching }: Pair, frame: Photograph): Promise<Faces> {
  return searching.detectFaces({ ...frame, channels: 3 })
}

export function startTracking({ following }: Pair, options?: TrackOptions<'full'>): Tracker<ImageInput> {
  return following.tracker(options)
}

/** The faces of a clip's frame, followed from the frame before. */
export async function follow(
  tracker: Tracker<ImageInput>,
  frame: Photograph,
  number: number,
): Promise<Faces<TrackedFace>> {
  return tracker.next({ ...frame, channels: 3 }, { timestamp: number * FRAME_MS })
}
