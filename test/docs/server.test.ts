import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { root } from '../../docs/tools/pages.mjs'
import { fixtures } from '../helpers/photographs.ts'
import { makeProject } from './code/run.ts'

let project: ReturnType<typeof makeProject>
let server: ChildProcess
let address: string

beforeAll(async () => {
  project = makeProject()
  cpSync(join(root, 'examples/recipes/server/server.mjs'), join(project.folder, 'server.mjs'))
  const env = { ...process.env, PORT: '0' }
  server = spawn(process.execPath, ['server.mjs'], { cwd: project.folder, env, stdio: ['ignore', 'pipe', 'inherit'] })
  const told = await new Promise<string>((done, fail) => {
    server.stdout!.once('data', (data) => done(String(data)))
    server.once('close', () => fail(new Error('the server ended')))
  })
  address = `http://localhost:${/\d+/.exec(told)![0]}/`
})
afterAll(() => {
  server.kill('SIGKILL')
  project.remove()
})

const post = (body: NonNullable<RequestInit['body']>) => fetch(address, { method: 'POST', body })
const photograph = () => readFileSync(join(project.folder, 'photo.jpg'))

it('answers the faces of a picture, several at a time', async () => {
  const answers = await Promise.all([1, 2, 3, 4].map(async () => (await post(photograph())).json()))
  const wanted = fixtures[0]!.faces.map(({ box: [x] }) => x)
  for (const faces of answers) {
    expect(faces).toHaveLength(wanted.length)
    for (const { box } of faces) expect(Math.min(...wanted.map((x) => Math.abs(x - box.x)))).toBeLessThan(1)
  }
})

it('says what is wrong, and whose fault it is', async () => {
  const wrong: [NonNullable<RequestInit['body']>, number, string][] = [
    ['no picture', 422, 'DECODE_FAILED'],
    [photograph().subarray(0, 100), 422, 'DECODE_FAILED'],
  ]
  for (const [body, status, code] of wrong) {
    const response = await post(body)
    expect([response.status, await response.json()]).toEqual([status, { code, error: expect.any(String) }])
  }
  expect((await post(new Uint8Array(20_000_001))).status).toBe(413)
  expect((await fetch(address)).status).toBe(405)
})

it('ends when it is asked to', async () => {
  const ended = new Promise((done) => server.once('close', (status) => done(status)))
  server.kill('SIGTERM')
  expect(await ended).toBe(0)
})
