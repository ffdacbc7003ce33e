/**
 * The browsers that the tests run in, and where their programs are.
 */
import { existsSync } from 'node:fs'
import { chromiumPath } from '../../helpers/chromium.mjs'

export const ENGINES = ['chromium', 'firefox', 'webkit'] as const
export type Engine = (typeof ENGINES)[number]

/** Where Debian and others put them. */
const FIREFOX = ['/usr/bin/firefox-esr', '/usr/bin/firefox']
const WEBKIT = ['x86_64', 'aarch64'].flatMap((machine) =>
  ['4.1', '6.0', '4.0'].map((version) => `/usr/lib/${machine}-linux-gnu/webkit2gtk-${version}/MiniBrowser`),
)
const WEBKIT_DRIVER = ['/usr/bin/WebKitWebDriver']
const XVFB = ['/usr/bin/Xvfb']

/** @throws Error that says how to get it. */
export function firefoxPath(): string {
  return placeOf('Firefox', FIREFOX, 'FIREFOX', 'firefox-esr')
}

/** @throws Error that says how to get what is missing. */
export function webkitPaths(): { browser: string; driver: string; display: string } {
  return {
    browser: placeOf('WebKit', WEBKIT, 'WEBKIT', 'webkit2gtk-driver'),
    driver: placeOf('driver of WebKit', WEBKIT_DRIVER, 'WEBKIT_DRIVER', 'webkit2gtk-driver'),
    display: placeOf('Xvfb', XVFB, 'XVFB', 'xvfb'),
  }
}

function placeOf(what: string, places: string[], variable: string, debian: string): string {
  const named = process.env[variable]
  if (named && !existsSync(named)) throw new Error(`no ${what} at ${named}, which ${variable} names`)
  const path = named || places.find((place) => existsSync(place))
  if (!path) throw new Error(`no ${what}: apt-get install ${debian}, or set ${variable} to the program`)
  return path
}

const PATHS: Record<Engine, () => unknown> = { chromium: chromiumPath, firefox: firefoxPath, webkit: webkitPaths }

/** What is missing to run an engine; undefined where nothing is. */
export function whatIsMissing(engine: Engine): string | undefined {
  try {
    PATHS[engine]()
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}
