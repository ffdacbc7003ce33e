import { execFileSync } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdtemp, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pathOf, readPath } from '../../../src/image/node/path.ts'
import { photographFile } from '../../helpers/photographs.ts'
import { rejection } from '../../helpers/refusal.ts'

const ANY = { signal: undefined, maxBytes: Number.POSITIVE_INFINITY }

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mtcnn-path-'))
})
afterAll(() => rm(folder, { recursive: true }))

let pipes = 0
function makePipe(): string {
  const path = join(folder, `pipe${pipes++}`)
  execFileSync('mkfifo', [path])
  return path
}

/** What is written only once somebody reads. */
function writeTo(path: string, parts: Iterable<Uint8Array>): Promise<void> {
  return new Promise((resolve) => {
    const pipe = createWriteStream(path)
    pipe.on('error', () => resolve()).on('close', () => resolve())
    for (const part of parts) pipe.write(part)
    pipe.end()
  })
}

describe('readPath', () => {
  const photograph = photographFile('tracking', 'examples/assets/faces.jpg')

  it('reads files, empty ones, links to files, and files of the system whose size is told as 0', async () => {
    const bytes = await readFile(photograph)
    expect(await readPath(photograph, ANY)).toEqual(bytes)
    const link = join(folder, 'link')
    await symlink(photograph, link)
    expect(await readPath(link, ANY)).toEqual(bytes)
    const empty = join(folder, 'empty')
    await writeFile(empty, '')
    expect((await readPath(empty, ANY)).length).toBe(0)
    const large = join(folder, 'large')
    await writeFile(large, Buffer.alloc(1 << 17, 'abc'))
    expect(await readPath(large, ANY)).toEqual(await readFile(large))
  })

  it.runIf(process.platform === 'linux')('reads files of the system whose size is told as 0', async () => {
    expect(Buffer.from(await readPath('/proc/self/status', ANY)).toString()).toMatch(/^Name:/)
  })

  it('refuses a file of more bytes than allowed before it is read', async () => {
    const path = join(folder, 'sparse')
    await writeFile(path, '')
    await truncate(path, 2 ** 40)
    const error = await rejection(readPath(path, { ...ANY, maxBytes: 1000 }))
    expect(error.code).toBe('IMAGE_TOO_LARGE')
    expect(error.message).toMatch(/sparse' has 1099511627776 bytes; option 'maxBytes' allows 1000/)
    const { length } = await readFile(photograph)
    expect((await readPath(photograph, { ...ANY, maxBytes: length })).length).toBe(length)
    expect((await rejection(readPath(photograph, { ...ANY, maxBytes: length - 1 }))).code).toBe('IMAGE_TOO_LARGE')
  })

  it('says why a path cannot be read', async () => {
    const missing = join(folder, 'missing.jpg')
    const error = await rejection(readPath(missing, ANY))
    expect(error.code).toBe('DECODE_FAILED')
    expect(error.message).toContain(`could not read '${missing}': ENOENT`)
    expect(error.cause).toMatchObject({ code: 'ENOENT' })
    const ofFolder = await rejection(readPath(folder, ANY))
    expect(ofFolder.message).toMatch(/it is a folder$/)
    expect(ofFolder.cause).toMatchObject({ code: 'EISDIR' })
    expect((await rejection(readPath('', ANY))).message).toMatch(/the path is empty$/)
    expect((await rejection(readPath('a\0b.jpg', ANY))).message).toMatch(/could not read 'a\\u\{0\}b\.jpg': .*NUL/)
  })

  it('cuts a long path in its message, and in that of the cause', async () => {
    for (const length of [3000, 2_000_000]) {
      const error = await rejection(readPath(`${'a'.repeat(length)}.jpg`, ANY))
      expect(error.code).toBe('DECODE_FAILED')
      expect(error.message.length).toBeLessThan(600)
      expect(error.message).toContain('aaa.jpg')
      expect(String(error.cause).length).toBeLessThan(5000)
    }
  })

  it('refuses devices and sockets without opening them', async () => {
    for (const device of ['/dev/zero', '/dev/null', '/dev/random']) {
      const error = await rejection(readPath(device, ANY))
      expect(error.code).toBe('DECODE_FAILED')
      expect(error.message).toMatch(/it is a device, not a file or a pipe$/)
    }
    const path = join(folder, 'socket')
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(path, resolve))
    expect((await rejection(readPath(path, ANY))).message).toMatch(/it is a socket/)
    server.close()
  })

  it('reads a pipe to its end, whoever comes first', async () => {
    const bytes = await readFile(photograph)
    for (const readerFirst of [true, false]) {
      const path = makePipe()
      const reading = readerFirst ? readPath(path, ANY) : undefined
      const written = writeTo(path, [bytes.subarray(0, 1000), bytes.subarray(1000)])
      expect(await (reading ?? readPath(path, ANY))).toEqual(new Uint8Array(bytes))
      await written
    }
  })

  it('stops at a pipe that gives more than allowed', async () => {
    const path = makePipe()
    const parts = (function* () {
      for (let n = 0; n < 100; n++) yield Buffer.alloc(100_000)
    })()
    const reading = rejection(readPath(path, { ...ANY, maxBytes: 1_000_000 }))
    const written = writeTo(path, parts)
    expect((await reading).code).toBe('IMAGE_TOO_LARGE')
    await written
  })

  it('an abort frees a pipe to which nobody writes, and any number of them hold no thread', async () => {
    const controller = new AbortController()
    const options = { ...ANY, signal: controller.signal }
    const openPipes = () => process.getActiveResourcesInfo().filter((name) => name === 'PipeWrap').length
    const before = openPipes()
    // More than Node has threads for files.
    const paths = Array.from({ length: 20 }, makePipe)
    const answers = paths.map((path) => readPath(path, options).catch((error: unknown) => error))
    expect((await readPath(photograph, ANY)).length).toBeGreaterThan(0)
    await expect.poll(openPipes).toBe(before + paths.length)
    const reason = new Error('enough')
    controller.abort(reason)
    for (const answer of await Promise.all(answers)) expect(answer).toBe(reason)
    await expect.poll(openPipes).toBe(before)
  })
})

describe('pathOf', () => {
  it('gives the path of a file: URL, and refuses one of another host', () => {
    const path = join(folder, 'a b.jpg')
    expect(pathOf(pathToFileURL(path).href)).toBe(path)
    expect(() => pathOf('file://elsewhere/a.jpg')).toThrow(/not a usable file: URL: 'file:\/\/elsewhere\/a\.jpg'/)
  })
})
