// npm run bench:crops: how long it takes to cut faces out, beside decoding their image.
import sharp from 'sharp'
import { photographFile } from '../test/helpers/photographs.ts'
import { engine, machine, ms, NODE, table, times, writeSection } from './report.ts'
import { inTurns } from './timing.ts'

type Library = typeof import('../src/index.node.ts')
const library = (await import(new URL('../dist/index.node.js', import.meta.url).href)) as Library

const PHOTOGRAPHS = [
  ['tracking', 'examples/assets/faces.jpg'],
  ...[1, 2, 3, 4, 5, 6].map((n) => ['@vladmandic/face-api', `demo/sample${n}.jpg`]),
] as const

const detector = await library.MTCNN.create()
const rows: string[][] = []
for (const [packageName = '', path = ''] of PHOTOGRAPHS) {
  const file = photographFile(packageName, path)
  const decode = () => sharp(file).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  const { data, info } = await decode()
  const image = { data, width: info.width, height: info.height, channels: 3 } as const
  const faces = await detector.detectFaces(image)
  const timed = (work: () => Promise<unknown>) => async () => {
    const start = performance.now()
    await work()
    return { ms: performance.now() - start }
  }
  const [decoding, cropping, floats] = (
    await inTurns(
      [
        timed(decode),
        timed(() => detector.cropFaces(image, faces)),
        timed(() => detector.cropFaces(image, faces, { output: 'float32' })),
      ],
      { rounds: [15, 101], seconds: 6 },
    )
  ).map((laps) => laps.ms!) as [number, number, number]
  const size = `${info.width}x${info.height}`
  rows.push([path, size, `${faces.length}`, ms(decoding), ms(cropping), times(decoding / cropping), ms(floats)])
}
detector.dispose()

writeSection(`Crops, ${NODE}`, [
  `\`npm run bench:crops\` on ${machine()}; ${engine()}.`,
  '',
  "All faces of a photograph cut out by `cropFaces`, aligned, 112x112; beside it the decoding of the photograph's JPEG by sharp.",
  '',
  table(['photograph', 'pixels', 'faces', 'decoding, ms', 'crops, ms', 'decoding takes', 'crops as float32, ms'], rows),
])
