// Run by .ci/smoke inside an empty project: photograph, what `detect --json` printed for it, the fixtures.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { MTCNN, MtcnnError, toReference } from 'mtcnn-wasm'

const [photograph = '', commandFile = '', fixturesFile = ''] = process.argv.slice(2)
const [fixture] = JSON.parse(await readFile(fixturesFile, 'utf8'))
/** @type {{ box: number[] }[]} */
const wanted = fixture.faces
const boxes = wanted.map(({ box }) => box)

const detector = await MTCNN.create()
const faces = await detector.detectFaces(photograph)
const fromBytes = await detector.detectFaces(await readFile(photograph))
assert.deepEqual(fromBytes, faces)
assert.deepEqual(await detector.detectFaces({ data: new Uint8Array(3), width: 1, height: 1 }), [])
await assert.rejects(detector.detectFaces('missing.jpg'), (error) => error instanceof MtcnnError)
detector.dispose()

const reference = toReference(faces)
assert.deepEqual(
  reference.map(({ box }) => box),
  boxes,
)

/** @type {unknown} */
const printed = JSON.parse(await readFile(commandFile, 'utf8'))
assert.deepEqual(printed, JSON.parse(JSON.stringify(reference)))

console.log(`smoke: ${faces.length} faces, from the command and from a program, as in the fixtures`)
