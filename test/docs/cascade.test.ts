import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, it } from 'vitest'
import { explainPainting, PICTURES, withTable } from '../../docs/tools/cascade.mjs'
import { readPage, root } from '../../docs/tools/pages.mjs'

const pixels = (image: Buffer) => sharp(image).raw().toBuffer({ resolveWithObject: true })

it('docs/cascade.md shows what the detector does today: `npm run docs -- --cascade` makes it anew', async () => {
  const { table, pictures } = await explainPainting()
  const page = readPage('docs/cascade.md')
  expect(withTable(page, table)).toBe(page)
  for (const [name, bytes] of Object.entries(pictures)) {
    expect(page).toContain(`](pictures/${name})`)
    const [now, kept] = [await pixels(bytes), await pixels(readFileSync(join(root, PICTURES, name)))]
    expect([kept.info.width, kept.info.height], name).toEqual([now.info.width, now.info.height])
    // Another version of the encoder may give other bytes, but the same picture.
    const difference = now.data.reduce((sum, value, n) => sum + Math.abs(value - kept.data[n]!), 0) / now.data.length
    expect(difference, name).toBeLessThan(1)
  }
})

it('a page without a place for the table is refused', () => {
  expect(() => withTable('# Cascade\n', '| | |')).toThrow('no place')
})
