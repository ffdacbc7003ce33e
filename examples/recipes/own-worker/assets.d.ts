// What Vite makes of a file; a project of your own has it from `vite/client`.
declare module '*?url' {
  const url: string
  export default url
}
