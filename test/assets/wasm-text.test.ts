import { readFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodePrintable } from '../../rollup.config.js'
import { decodePrintable } from '../../src/assets/wasm-text.ts'

test('gives back the bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const text = encodePrintable(bytes)
      expect(text).toMatch(/^[#-&(-[\]^_a-~]*$/)
      expect(decodePrintable(text)).toEqual(bytes)
    }),
  )
  const all = Uint8Array.from({ length: 256 }, (_, byte) => byte)
  expect(decodePrintable(encodePrintable(all))).toEqual(all)
})

test.each([
  ['a quote', "#'"],
  ['a space', '# #'],
  ['a letter beyond ASCII', '#é'],
  ['half of two characters', '#~'],
  ['two characters for 256 or more', '~~'],
  ['two of the first of two', '}}'],
])('refuses %s', (_, text) => {
  expect(() => decodePrintable(text)).toThrow(SyntaxError)
})

test('the kernels compress as the file does, within a twentieth, and far better than in base64', async () => {
  const bytes = await readFile(new URL('../../build/mtcnn.wasm', import.meta.url))
  const size = (data: string | Uint8Array) => gzipSync(data).length
  expect(size(encodePrintable(bytes))).toBeLessThan(1.05 * size(bytes))
  expect(size(bytes.toString('base64'))).toBeGreaterThan(1.15 * size(encodePrintable(bytes)))
})

test.each(['mtcnn.wasm', 'mtcnn.relaxed.wasm'])('%s can stand in a script within a page', async (name) => {
  const bytes = await readFile(new URL(`../../build/${name}`, import.meta.url))
  expect(encodePrintable(bytes)).not.toMatch(/<\/script|<script|<!--|-->/i)
})
