// Counts the people in a video: frames come as raw pixels on standard input, as ffmpeg writes them.
// ffmpeg -v error -i street.mp4 -vf scale=640:480 -f rawvideo -pix_fmt rgb24 - | node count.mjs 640 480

import { stdin, stdout } from 'node:process'
import { MTCNN } from 'mtcnn-wasm'

/** Who is seen in fewer frames is not counted: a picture on a wall, for one moment, looks like a face. */
const SURE = 5

// #region frames
/** Raw frames out of a stream of bytes. */
async function* framesOf(bytes, width, height) {
  const data = new Uint8Array(3 * width * height)
  let filled = 0
  for await (let chunk of bytes) {
    while (chunk.length > 0) {
      const part = chunk.subarray(0, data.length - filled)
      data.set(part, filled)
      filled += part.length
      chunk = chunk.subarray(part.length)
      if (filled < data.length) continue
      filled = 0
      yield { data: data.slice(), width, height, channels: 3 }
    }
  }
}
// #endregion

const [width, height] = process.argv.slice(2).map(Number)
const detector = await MTCNN.create({ minFaceSize: 40 })

// #region count
/** In how many frames each was seen. */
const frames = new Map()
for await (const { faces } of detector.track(framesOf(stdin, width, height))) {
  for (const { id, seen } of faces) if (seen === 0) frames.set(id, (frames.get(id) ?? 0) + 1)
}
const people = [...frames.values()].filter((count) => count >= SURE).length
// #endregion

stdout.write(`${people}\n`)
detector.dispose()
