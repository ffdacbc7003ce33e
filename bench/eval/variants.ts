/** What is compared: a preset and options laid over it. */
import type { CreateOptions } from '../../src/options/options.ts'

export interface Variant {
  readonly name: string
  readonly options: CreateOptions
}

/**
 * Reads `preset name=value name.field=value ...`, as in `classic minFaceSize=10 thresholds.refine=0.6`. What the library
 * does not know it refuses itself when the detector is made.
 */
export function parseVariant(text: string): Variant {
  const [preset = '', ...settings] = text.trim().split(/\s+/)
  const options: Record<string, unknown> = { preset }
  for (const setting of settings) {
    const at = setting.indexOf('=')
    if (at < 1) throw new Error(`'${setting}' in variant '${text}' is not of the form name=value`)
    const [name = '', field] = setting.slice(0, at).split('.')
    const value = readValue(setting.slice(at + 1))
    options[name] = field === undefined ? value : { ...(options[name] as object | undefined), [field]: value }
  }
  return { name: [preset, ...settings].join(' '), options: options as CreateOptions }
}

function readValue(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true'
  return text !== '' && !Number.isNaN(Number(text)) ? Number(text) : text
}
