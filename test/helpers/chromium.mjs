// The Chromium that tests and benches start.

import { existsSync } from 'node:fs'

/** The programs themselves, not the scripts that distributions put before them: those add flags of their own. */
const PLACES = [
  '/usr/lib/chromium/chromium',
  '/usr/lib64/chromium-browser/chromium-browser',
  '/opt/google/chrome/chrome',
]

/** No requests of the browser's own to the network. */
export const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--no-first-run',
]

/** Where Chromium is: what the variable CHROMIUM names, else one of the usual places. */
export function chromiumPath() {
  const { CHROMIUM } = process.env
  const path = CHROMIUM || PLACES.find((place) => existsSync(place))
  if (!path) throw new Error('no Chromium: apt-get install chromium, or set CHROMIUM to the program')
  if (!existsSync(path)) throw new Error(`no Chromium at ${path}, which CHROMIUM names`)
  return path
}
