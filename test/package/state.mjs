// Detectors, iterators, faces and options inside of what state libraries make of them: node --conditions=browser state.mjs <project>
// Prints the names of the libraries that it has tried. By the browser's builds, since those for servers have no proxies.

import { deepStrictEqual, notStrictEqual, strictEqual } from 'node:assert'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { types } from 'node:util'
import { createDraft, produce } from 'immer'
import * as mobx from 'mobx'
import { createPinia, defineStore, setActivePinia } from 'pinia'
import { createMutable, createStore as createSolidStore } from 'solid-js/store'
import { compileModule } from 'svelte/compiler'
import { proxy, snapshot } from 'valtio/vanilla'
import { reactive, readonly, ref, shallowReactive } from 'vue'
import { immer as immerMiddleware } from 'zustand/middleware/immer'
import { createStore as createZustandStore } from 'zustand/vanilla'

const [project = ''] = process.argv.slice(2)
const entry = join(project, 'node_modules/mtcnn-wasm/dist/index.node.js')
const { MTCNN, MTCNNPool, scaleFaces, toReference } = await import(pathToFileURL(entry).href)

const text = (/** @type {string} */ name) => readFileSync(join(project, name), 'utf8')
const image = { data: new Uint8Array(readFileSync(join(project, 'faces.rgb'))), ...JSON.parse(text('size.json')) }

/** What `$state` becomes where Svelte compiles it. */
async function svelteState() {
  const source = 'export const keep = (value) => { let kept = $state({ value }); return kept }'
  const { js } = compileModule(source, { generate: 'client', filename: 'keep.svelte.js' })
  const code = js.code.replaceAll(/from '(svelte[^']*)'|import '(svelte[^']*)'/g, (whole, from, only) =>
    whole.replace(from ?? only, import.meta.resolve(from ?? only)),
  )
  return import(`data:text/javascript,${encodeURIComponent(code)}`)
}
const { keep } = await svelteState()

setActivePinia(createPinia())
const usePinia = defineStore('kept', { state: () => ({ value: /** @type {unknown} */ (undefined) }) })
const useSetup = defineStore('setup', () => ({ value: ref() }))

class Holder {
  value = /** @type {unknown} */ (undefined)
  constructor() {
    mobx.makeAutoObservable(this)
  }
}

/**
 * Each puts a value into its state and gives what is read from there.
 *
 * @type {Record<string, (value: any) => any>}
 */
const STATES = {
  'a plain Proxy': (value) => new Proxy(value, {}),
  'Vue, ref': (value) => ref(value).value,
  'Vue, reactive': (value) => reactive({ value }).value,
  'Vue, reactive itself': (value) => reactive(value),
  'Vue, readonly': (value) => readonly(reactive({ value })).value,
  'Vue, shallowReactive': (value) => shallowReactive({ value }).value,
  Pinia: (value) => {
    const store = usePinia()
    store.$patch((state) => {
      state.value = value
    })
    return store.value
  },
  'Pinia, setup': (value) => {
    const store = useSetup()
    store.value = value
    return store.value
  },
  'MobX, observable': (value) => mobx.observable({ value }).value,
  'MobX, makeAutoObservable': (value) => {
    const holder = new Holder()
    mobx.runInAction(() => {
      holder.value = value
    })
    return holder.value
  },
  'Immer, state': (value) => produce({ value: undefined }, (draft) => void Object.assign(draft, { value })).value,
  'Immer, draft': (value) => createDraft({ value }).value,
  'Svelte, $state': (value) => keep(value).value,
  'Solid, createStore': (value) => createSolidStore({ value })[0].value,
  'Solid, createMutable': (value) => createMutable({ value }).value,
  Zustand: (value) => createZustandStore(() => ({ value })).getState().value,
  'Zustand, immer': (value) => {
    const store = createZustandStore(immerMiddleware(() => ({ value: undefined })))
    store.setState((state) => void Object.assign(state, { value }))
    return store.getState().value
  },
  'Valtio, proxy': (value) => proxy({ value }).value,
  'Valtio, snapshot': (value) => snapshot(proxy({ value })).value,
}

/** Those that keep what they are given as it is; all others wrap at least plain objects, or this would try nothing. */
const PLAIN = ['Vue, shallowReactive', 'Immer, state', 'Zustand', 'Zustand, immer', 'Valtio, snapshot']
for (const [name, put] of Object.entries(STATES)) strictEqual(types.isProxy(put({ a: 1 })), !PLAIN.includes(name), name)

const plain = (/** @type {unknown} */ value) => JSON.parse(JSON.stringify(value))
const own = await MTCNN.create()
const wanted = await own.detectFaces(image)
own.dispose()
notStrictEqual(wanted.length, 0)
const size = { width: 2 * wanted.imageWidth, height: 2 * wanted.imageHeight }
const shown = plain(scaleFaces(wanted, size))

for (const [name, put] of Object.entries(STATES)) {
  for (const [kind, create] of Object.entries({ detector: MTCNN.create, pool: MTCNNPool.create })) {
    try {
      const made = await create.call(kind === 'pool' ? MTCNNPool : MTCNN, put({ ...(kind === 'pool' && { size: 1 }) }))
      const detector = put(made)
      const faces = put(await detector.detectFaces(put({ ...image })))
      deepStrictEqual(plain(faces), plain(wanted))
      deepStrictEqual(plain(scaleFaces(faces, wanted, size)), shown)
      deepStrictEqual(toReference(faces), toReference(wanted))

      // Options, also those that are posted to a worker.
      const roi = { x: 0, y: 0, width: image.width, height: image.height }
      const options = put({ roi, thresholds: { output: 0.7 } })
      deepStrictEqual(plain((await detector.explain(image, options)).faces), plain(wanted))

      const answers = put(detector.detectAll(put([image, image])))
      for await (const answer of answers) deepStrictEqual(plain(answer.faces), plain(wanted))
      detector.dispose()
      await made.detectFaces(image).then(
        () => strictEqual('answered', 'disposed'),
        ({ code }) => strictEqual(code, 'DISPOSED'),
      )
    } catch (error) {
      throw new Error(`${name}, ${kind}: ${error.message}`, { cause: error })
    }
  }
}

// Left as they are by those that can be told.
const detector = await MTCNN.create()
for (const [name, put] of Object.entries(STATES)) {
  if (/^(Vue|Pinia|MobX|Immer|Svelte|Solid|Zustand)/.test(name)) strictEqual(put(detector), detector, name)
}
detector.dispose()
console.log(JSON.stringify(Object.keys(STATES)))
