// Binary files come in as text, kernels printable (src/assets/wasm-text.ts) and weights base64: see `embed` in rollup.config.js.

declare module '*.wasm' {
  const printable: string
  export default printable
}

declare module '*.bin' {
  const base64: string
  export default base64
}

declare module '*/package.json?version' {
  const version: string
  export default version
}

// Left to the runtime: Workers import WebAssembly as compiled modules, and compile nothing themselves.
declare module 'mtcnn-wasm/mtcnn.wasm' {
  const module: WebAssembly.Module
  export default module
}

declare module 'mtcnn-wasm/mtcnn.wasm?module' {
  const module: WebAssembly.Module
  export default module
}

declare module 'mtcnn-wasm/mtcnn.relaxed.wasm' {
  const module: WebAssembly.Module
  export default module
}

// A worker's script, bundled whole, as text: see `workers` in rollup.config.js.

declare module '*?source' {
  const source: string
  export default source
}

// What Vite and its kin put into every module; elsewhere there is nothing.

interface ImportMeta {
  readonly env?: { readonly PROD?: boolean; readonly SSR?: boolean }
  readonly hot?: unknown
}
