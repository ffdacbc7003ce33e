declare module '*.jpg' {
  const url: string
  export default url
}

declare module '*?url' {
  const url: string
  export default url
}

declare module '*.css'

/** Bytes of the weights' file. */
declare const WEIGHTS_SIZE: number
