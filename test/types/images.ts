/** What a detector takes in Node, for the compiler: checked by `npm run typecheck`, never run. */
import type { ReadStream } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import type { MTCNN } from '../../src/index.node.ts'

declare const detector: MTCNN
declare const streams: [ReadStream, IncomingMessage, Readable, NodeJS.ReadableStream, ReadableStream]

export async function takes() {
  for (const stream of streams) await detector.detectFaces(stream)
  await detector.detectFaces(new Blob([]))
  await detector.detectFaces(new File([], 'photo.jpg'))
  await detector.detectFaces(await fetch('https://example.com/photo.jpg'))
  await detector.detectFaces(new SharedArrayBuffer(1))
  await detector.detectFaces(new URL('data:image/png;base64,'))
  await detector.detectFaces({ data: Buffer.alloc(3), width: 1, height: 1 })
}

export async function refuses() {
  // @ts-expect-error No image is a number.
  await detector.detectFaces(5)
  // @ts-expect-error A reference is not what it holds.
  await detector.detectFaces({ current: null })
  // @ts-expect-error It has to be awaited first.
  await detector.detectFaces(Promise.resolve('photo.jpg'))
  // @ts-expect-error Several images are for detectAll.
  await detector.detectFaces(['photo.jpg'])
}
