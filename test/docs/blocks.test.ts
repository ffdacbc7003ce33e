import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { codeBlocks, sourceText, withSources } from '../../docs/tools/blocks.mjs'
import { allPages, readPage, root } from '../../docs/tools/pages.mjs'

const folder = mkdtempSync(join(tmpdir(), 'mtcnn-blocks-'))
afterAll(() => rmSync(folder, { recursive: true }))

writeFileSync(
  join(folder, 'all.ts'),
  'const a = 1\n\nfunction f() {\n  // #region part\n  a()\n\n    b()\n  // #endregion\n}\n',
)
const page = (text: string, end = '```\n') => `# Title\n\n<!-- code: all.ts#part -->\n\`\`\`ts\n${text}${end}`

describe('codeBlocks', () => {
  it('finds language, lines and text, in lists too', () => {
    const found = codeBlocks('a\n\n```sh\nls\n```\n\n- b\n\n  ~~~js title\n  x\n    ```\n\n  y\n  ~~~\n')
    expect(found).toEqual([
      { line: 3, end: 5, language: 'sh', text: 'ls\n', source: undefined },
      { line: 9, end: 14, language: 'js', text: 'x\n  ```\n\ny\n', source: undefined },
    ])
  })

  it.each([
    ['a block without an end', '```js\n1\n'],
    ['a marker without a block', '<!-- code: all.ts -->\n\ntext\n'],
    ['a marker at the end', '<!-- code: all.ts -->\n'],
    ['two markers', '<!-- code: all.ts -->\n<!-- code: all.ts -->\n```\n```\n'],
  ])('refuses %s', (_, text) => {
    expect(() => codeBlocks(text)).toThrow(/must follow|no end/)
  })
})

describe('blocks taken from files', () => {
  it('are filled in, and stay as they are then', () => {
    const filled = withSources(page('old\nlines\n'), folder)
    expect(filled).toBe(page('a()\n\n  b()\n'))
    expect(withSources(filled, folder)).toBe(filled)
  })

  it('have no lines of regions where they are the whole file', () => {
    expect(sourceText(folder, 'all.ts')).toBe('const a = 1\n\nfunction f() {\n  a()\n\n    b()\n}\n')
  })

  it.each(['none.ts', 'all.ts#other'])('must be there: %s', (source) => {
    expect(() => sourceText(folder, source)).toThrow(/there is no file none.ts|has no '#region other'/)
  })

  it.each(allPages())('equal their files in %s', (name) => {
    const text = readPage(name)
    expect(text, 'run `npm run docs -- --write`').toBe(withSources(text, root))
  })
})
