/** What is compared: a preset and options laid over it, or a detector of someone else's. */
import { basename } from 'node:path'
import type { CreateOptions } from '../../src/options/options.ts'

export interface Preset {
  readonly kind: 'ours'
  readonly name: string
  readonly options: CreateOptions
  /** How the pixels are said to lie; 'bgr' shows what happens where red and blue are mistaken for one another. */
  readonly order: 'rgb' | 'bgr'
}

export interface Peer {
  readonly kind: 'peer'
  readonly name: string
  /** Path of a YuNet as ONNX. */
  readonly model: string
}

export type Variant = Preset | Peer

/** A detector of someone else's, called by the name of its file. */
export function peer(model: string): Peer {
  return { kind: 'peer', name: basename(model).replace(/\.onnx$/, ''), model }
}

/**
 * Reads `preset name=value name.field=value ...`, as in `classic minFaceSize=10 thresholds.refine=0.6`. What the library
 * does not know it refuses itself when the detector is made. `order=bgr` is not an option: it says so of the pixels.
 */
export function parseVariant(text: string): Preset {
  const [preset = '', ...settings] = text.trim().split(/\s+/)
  const options: Record<string, unknown> = { preset }
  for (const setting of settings) {
    const at = setting.indexOf('=')
    if (at < 1) throw new Error(`'${setting}' in variant '${text}' is not of the form name=value`)
    const [name = '', field] = setting.slice(0, at).split('.')
    const value = readValue(setting.slice(at + 1))
    options[name] = field === undefined ? value : { ...(options[name] as object | undefined), [field]: value }
  }
  const { order = 'rgb', ...known } = options
  if (order !== 'rgb' && order !== 'bgr') throw new Error(`order in variant '${text}' is rgb or bgr, not '${order}'`)
  return { kind: 'ours', name: [preset, ...settings].join(' '), options: known as CreateOptions, order }
}

function readValue(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true'
  return text !== '' && !Number.isNaN(Number(text)) ? Number(text) : text
}
