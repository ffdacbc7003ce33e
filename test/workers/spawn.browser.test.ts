import { describe, expect, it } from 'vitest'
import { hasFile } from '../../src/workers/spawn.browser.ts'

const CHUNK = '/dist/chunks/platform.browser.js'

describe('whether the script of workers is a file', () => {
  it.each([
    ['no bundler', 'https://a.example/lib/dist/worker.js', 'https://a.example/lib/dist/chunks/platform.browser.js'],
    ['no bundler, a version', 'http://h/n/dist/worker.js', 'http://h/n/dist/chunks/platform.browser.js?v=1'],
    ['a name with a hash', 'https://a.example/assets/worker-CZBxSKcq.js', 'https://a.example/assets/index-B3.js'],
    ['a hash, files side by side', 'https://a.example/worker-CZBxSKcq.js', 'https://a.example/index-B3.js'],
    ['a hash alone', 'https://a.example/05aaf6a08970278c54c9.js', 'file:///home/a/node_modules/x/dist/chunks/y.js'],
    ['the text itself', 'data:text/javascript;base64,YQ==', 'https://a.example/index.js'],
    ["Vite 8's development server", 'http://h/node_modules/mtcnn-wasm/dist/worker.js', 'http://h/.vite/deps/mtcnn.js'],
  ])('yes: %s', (_, script, module) => {
    expect(hasFile(script, module, CHUNK)).toBe(true)
  })

  it.each([
    ['in the root', 'https://a.example/main.js'],
    ['in a folder', 'https://a.example/js/main.js'],
    ['in a folder that is called dist', 'https://a.example/dist/js/main.js'],
    ["Vite 6's development server", 'http://h/node_modules/.vite/deps/mtcnn-wasm.js?v=0a1b2c3d'],
  ])('no: bundled and the address left as it is, %s', (_, module) => {
    for (const name of ['../worker.js', './worker.js']) {
      expect(hasFile(new URL(name, module).href, module, CHUNK)).toBe(false)
    }
  })
})
