import { createOptions, detectOptions, type Settings } from './settings.ts'

const HEAD = "import { MTCNN } from 'mtcnn-wasm'\n\nconst detector = await MTCNN.create("

/** The lines that do with an image, or with live video, what the page does now. */
export function codeFor(settings: Settings, live: boolean): string {
  const create = `${HEAD}${literal(createOptions(settings), '')})\n`
  const options = literal(detectOptions(settings), '  ')
  const given = (source: string) => (options ? `${source}, ${options}` : source)
  if (!live) return `${create}const faces =\n  await detector.detectFaces(${given('image')})`
  const frames = `const frames =\n  detector.track(${given('video')})\n`
  return `${create}${frames}for await (const { faces } of frames) {\n  draw(faces)\n}`
}

/** Options as one writes them, a line each; nothing where there are none. */
function literal(options: object, indent: string): string {
  const lines = Object.entries(options).map(([name, value]) => {
    return `${indent}  ${name}: ${typeof value === 'object' ? literal(value, `${indent}  `) : quoted(value)},\n`
  })
  return lines.length > 0 ? `{\n${lines.join('')}${indent}}` : ''
}

function quoted(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value)
}

/** A piece of code and what it is, for colours. */
export interface Token {
  text: string
  kind: 'keyword' | 'string' | 'number' | 'plain'
}

export function tokens(code: string): Token[] {
  const parts = code.split(/('[^']*'|\b(?:import|from|const|await|for|of|true|false)\b|\b\d[\d.]*\b)/)
  return parts.filter(Boolean).map((text) => ({ text, kind: kindOf(text) }))
}

function kindOf(text: string): Token['kind'] {
  if (text.startsWith("'")) return 'string'
  if (/^\d/.test(text)) return 'number'
  return /^(import|from|const|await|for|of|true|false)$/.test(text) ? 'keyword' : 'plain'
}
