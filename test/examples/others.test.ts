import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { MTCNN } from 'mtcnn-wasm'
import { expect, it, onTestFinished } from 'vitest'
import { photographFile } from '../helpers/photographs.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const file = photographFile('tracking', 'examples/assets/faces.jpg')
const run = promisify(execFile)

it('node: prints the faces as JSON', async () => {
  const detector = await MTCNN.create()
  onTestFinished(() => detector.dispose())
  const expected = await detector.detectFaces(file)
  const { stdout, stderr } = await run(process.execPath, [join(root, 'examples/node/detect.mjs'), file])
  expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(expected)))
  expect(stderr).toBe('')
})

it('the page of examples/web has the right types', async () => {
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const { stdout } = await run(process.execPath, [tsc, '-p', join(root, 'examples/web')])
  expect(stdout).toBe('')
})
