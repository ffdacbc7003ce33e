// Binary files come in as base64 text: see `embed` in rollup.config.js.

declare module '*.wasm' {
  const base64: string
  export default base64
}

declare module '*.bin' {
  const base64: string
  export default base64
}
