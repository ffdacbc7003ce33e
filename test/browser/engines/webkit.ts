/**
 * WebKit in its small browser, on a screen that nobody sees, told what to do over WebDriver.
 */

import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import type { Readable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import type { Browser } from './browser.ts'
import { Workplace } from './program.ts'
import { webkitPaths } from './programs.ts'

const SCREEN = '1280x1024x24'

/** A camera that shows a picture, and no question whether a page may use it. */
const CAMERA = ['--enable-media-stream=true', '--enable-mock-capture-devices=true']

/** What a page that is cross-origin isolated has in Safari; WebKitGTK has it by this only. */
const SHARED = { JSC_useSharedArrayBuffer: '1' }

export async function startWebKit(): Promise<Browser> {
  const { browser, driver, display } = webkitPaths()
  const place = new Workplace()
  try {
    const screen = place.start(display, ['-displayfd', '3', '-screen', '0', SCREEN, '-nolisten', 'tcp'], {}, [
      'ignore',
      'ignore',
      'pipe',
      'pipe',
    ])
    const number = await Promise.race([firstLine(screen.process.stdio[3] as Readable), screen.failure])
    const port = await freePort()
    const { failure } = place.start(driver, [`--port=${port}`], { DISPLAY: `:${number}`, ...SHARED })
    const address = `http://127.0.0.1:${port}/session`
    const settings = {
      pageLoadStrategy: 'none',
      'webkitgtk:browserOptions': { binary: browser, args: ['--automation', '--geometry=1280x1000', ...CAMERA] },
    }
    await Promise.race([untilListening(port), failure])
    const session = await ask('POST', address, { capabilities: { alwaysMatch: settings } })
    const { sessionId, capabilities } = session as { sessionId: string; capabilities: { browserVersion: string } }
    return {
      name: 'WebKitGTK',
      version: capabilities.browserVersion,
      open: async (url) => void (await ask('POST', `${address}/${sessionId}/url`, { url })),
      photograph: async () => String(await ask('GET', `${address}/${sessionId}/screenshot`)),
      close: async () => {
        // The browser ends with its session.
        await ask('DELETE', `${address}/${sessionId}`).catch(() => {})
        await place.close()
      },
    }
  } catch (error) {
    await place.close()
    throw error
  }
}

async function ask(method: string, address: string, body?: object): Promise<unknown> {
  const response = await fetch(address, { method, ...(body ? { body: JSON.stringify(body) } : {}) })
  const { value } = (await response.json()) as { value: unknown }
  if (!response.ok) throw new Error(`WebKit refused: ${JSON.stringify(value)}`)
  return value
}

async function firstLine(stream: Readable): Promise<string> {
  let text = ''
  for await (const chunk of stream) {
    text += chunk
    if (text.includes('\n')) break
  }
  return text.trim()
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function untilListening(port: number): Promise<void> {
  while (
    !(await fetch(`http://127.0.0.1:${port}/status`).then(
      ({ ok }) => ok,
      () => false,
    ))
  )
    await wait(50)
}
