/** The part of `npm run bench:tasks` that runs in the page. */
type Library = typeof import('../src/index.ts')

export interface TaskPlan {
  /** Addresses of the library and of the picture, RGB. */
  readonly library: string
  readonly picture: string
  readonly width: number
  readonly height: number
  readonly images: number
}

/** What is looked at, one after another; the first images of a detector are among them. */
export const RUNS = ['one worker', 'a pool of two workers', 'a pool of two workers, again'] as const
type Run = (typeof RUNS)[number]

let runs: Record<Run, () => Promise<void>>

async function prepareRuns({ library, picture, width, height, images }: TaskPlan): Promise<void> {
  const { MTCNN, MTCNNPool } = (await import(library)) as Library
  const rgb = new Uint8Array(await (await fetch(picture)).arrayBuffer())
  const { data } = new ImageData(width, height)
  for (let n = 0; n < width * height; n++) {
    for (let k = 0; k < 3; k++) data[4 * n + k] = rgb[3 * n + k]!
    data[4 * n + 3] = 255
  }
  const image = { data, width, height }
  const one = await MTCNN.create({ worker: true })
  const pool = await MTCNNPool.create({ size: 2 })
  const together = async () => {
    for await (const { faces } of pool.detectAll(Array.from({ length: images }, () => image))) {
      if (faces.length === 0) throw new Error('no faces')
    }
  }
  runs = {
    'one worker': async () => {
      for (let n = 0; n < images; n++) await one.detectFaces(image)
    },
    'a pool of two workers': together,
    'a pool of two workers, again': together,
  }
}

/** Called by the bench through the page's global object. */
if ('document' in globalThis) Object.assign(globalThis, { prepareRuns, run: (name: Run) => runs[name]() })
