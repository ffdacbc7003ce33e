/**
 * Firefox without a window, told what to do over Marionette, the protocol that it has built in.
 */
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Browser } from './browser.ts'
import { Workplace } from './program.ts'
import { firefoxPath } from './programs.ts'

/** A port of its own choice; a camera that shows a picture, and no question whether a page may use it; sound from the start. */
const PREFERENCES = {
  'marionette.port': 0,
  'media.navigator.streams.fake': true,
  'media.navigator.permission.disabled': true,
  'media.autoplay.default': 0,
  'browser.shell.checkDefaultBrowser': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
}

export async function startFirefox(): Promise<Browser> {
  const place = new Workplace()
  try {
    const lines = Object.entries(PREFERENCES).map(([name, value]) => `user_pref("${name}", ${value});\n`)
    await writeFile(join(place.folder, 'user.js'), lines)
    const args = ['--headless', '--no-remote', '--marionette', '--profile', place.folder]
    const { failure } = place.start(firefoxPath(), args)
    const connection = await Promise.race([Marionette.connect(await Promise.race([portIn(place), failure])), failure])
    const answer = await connection.send('WebDriver:NewSession', { pageLoadStrategy: 'none' })
    const { browserVersion } = (answer as { capabilities: { browserVersion: string } }).capabilities
    return {
      name: 'Firefox',
      version: browserVersion,
      open: async (url) => void (await connection.send('WebDriver:Navigate', { url })),
      photograph: async () => {
        const answer = await connection.send('WebDriver:TakeScreenshot', { full: false, hash: false })
        return (answer as { value: string }).value
      },
      close: async () => {
        connection.close()
        await place.close()
      },
    }
  } catch (error) {
    await place.close()
    throw error
  }
}

/** Firefox writes the port that it chose into its profile. */
async function portIn({ folder }: Workplace): Promise<number> {
  for (;;) {
    const text = await readFile(join(folder, 'MarionetteActivePort'), 'latin1').catch(() => '')
    if (text !== '') return Number(text)
    await wait(50)
  }
}

/** A connection. Messages are JSON behind their length in bytes: `17:[0,1,"name",{}]` asks, `[1,1,error,result]` answers. */
class Marionette {
  #socket: Socket
  #received = Buffer.alloc(0)
  #waiting = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>()
  #last = 0

  static async connect(port: number): Promise<Marionette> {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    return new Marionette(socket)
  }

  constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk) => this.#receive(chunk))
    socket.on('error', (error) => this.#fail(error))
    socket.on('close', () => this.#fail(new Error('Firefox closed the connection')))
  }

  send(name: string, parameters: object): Promise<unknown> {
    const id = ++this.#last
    const text = JSON.stringify([0, id, name, parameters])
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      this.#socket.write(`${Buffer.byteLength(text)}:${text}`)
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #receive(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk])
    for (;;) {
      const colon = this.#received.indexOf(':')
      const end = colon + 1 + Number(this.#received.toString('latin1', 0, Math.max(colon, 0)))
      if (colon < 0 || this.#received.length < end) return
      const message = JSON.parse(this.#received.toString('utf8', colon + 1, end))
      this.#received = this.#received.subarray(end)
      // The first message is a greeting.
      if (Array.isArray(message)) this.#settle(message)
    }
  }

  #settle([, id, error, result]: unknown[]): void {
    const waiting = this.#waiting.get(id as number)
    this.#waiting.delete(id as number)
    if (error) waiting?.reject(new Error(`Firefox refused: ${JSON.stringify(error)}`))
    else waiting?.resolve(result)
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
  }
}
