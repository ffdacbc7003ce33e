import { execFileSync } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Faces, type ImageInput, MTCNN } from '../../src/index.node.ts'
import { photographFile } from '../helpers/photographs.ts'
import { rejection } from '../helpers/refusal.ts'

const file = photographFile('tracking', 'examples/assets/faces.jpg')
const bytes = await readFile(file)

let detector: MTCNN
let expected: Faces
let folder = ''
beforeAll(async () => {
  detector = await MTCNN.create({ minFaceSize: 40 })
  expected = await detector.detectFaces(file)
  folder = await mkdtemp(join(tmpdir(), 'mtcnn-files-'))
})
afterAll(async () => {
  detector.dispose()
  await rm(folder, { recursive: true })
})

describe('a photograph in a file', () => {
  it.each<[string, () => ImageInput]>([
    ['a file: URL', () => pathToFileURL(file)],
    ['a data: URL', () => `data:image/jpeg;base64,${bytes.toString('base64')}`],
    ['bytes', () => bytes],
    ['a File', () => new File([bytes], 'faces.jpg')],
    ['a Response', () => new Response(bytes)],
    ['a stream of the web', () => new Blob([bytes]).stream()],
    ['a stream of Node', () => createReadStream(file)],
  ])('%s gives the same faces', async (_name, make) => {
    expect(expected.length).toBe(3)
    expect(await detector.detectFaces(make())).toEqual(expected)
  })

  it('is held to the limits of create and of the call', async () => {
    expect((await rejection(detector.detectFaces(file, { maxPixels: 1000 }))).code).toBe('IMAGE_TOO_LARGE')
    expect((await rejection(detector.detectFaces(bytes, { maxBytes: 1000 }))).code).toBe('IMAGE_TOO_LARGE')
    const truncated = bytes.subarray(0, bytes.length - 1000)
    expect((await detector.detectFaces(truncated)).length).toBe(3)
    const careful = await MTCNN.create({ minFaceSize: 40, strict: true, maxPixels: 1000 })
    expect((await rejection(careful.detectFaces(file))).code).toBe('IMAGE_TOO_LARGE')
    const answer = careful.detectFaces(truncated, { maxPixels: Number.POSITIVE_INFINITY })
    expect((await rejection(answer)).code).toBe('DECODE_FAILED')
    careful.dispose()
  })

  it('that never comes ends with its signal, and the next one is answered', async () => {
    const pipe = join(folder, 'pipe')
    execFileSync('mkfifo', [pipe])
    const controller = new AbortController()
    const first = detector.detectFaces(pipe, { signal: controller.signal })
    const second = detector.detectFaces(file)
    controller.abort(new Error('enough'))
    await expect(first).rejects.toThrow('enough')
    expect(await second).toEqual(expected)
  })
})
