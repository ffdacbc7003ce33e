// A worker's script, bundled whole, as text: see `workers` in rollup.config.js.

declare module '*?source' {
  const source: string
  export default source
}
