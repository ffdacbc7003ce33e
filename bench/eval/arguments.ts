/** The command line of `npm run eval`. */
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { PRESETS } from '../../src/options/options.ts'
import { COLUMNS } from './landmarks.ts'
import { parseVariant, peer, type Variant } from './variants.ts'

export const HELP = `npm run eval -- --images <folder> [--truth <file>] [--landmarks <file>] [options]

  --images <folder>     photographs; the truth names them relative to this folder
  --truth <file>        wider_face_val_bbx_gt.txt, or the folder of the official splits (wider_face_val.mat,
                        wider_easy_val.mat, wider_medium_val.mat, wider_hard_val.mat); photographs that the truth
                        names and that are not in the folder are left out, and counted
  --landmarks <file>    CSV with five points a face; the first line names the columns:
                        ${COLUMNS.slice(0, 5).join(',')},
                        ${COLUMNS.slice(5).join(',')}
                        and optionally x,y,width,height (the box)
  --preset <a,b,...>    presets to compare (default: all, if there is no --variant)
  --variant <text>      a preset with options, as in 'accurate minFaceSize=20 thresholds.refine=0.6'; may be repeated
  --peer <file>         a YuNet as ONNX (libfacedetection.train, dynamic input size), run by onnxruntime-node on one
                        thread; may be repeated; suppression at 0.3, as is customary for it
  --every <n>           only every n-th photograph
  --halves              the figures of two fixed halves of the photographs too: what one half says, the other can check
  --confidence <score>  where false positives, detections, recall and landmarks are taken (default 0.7)
  --false-positives <a,b,...>  numbers of false positives at which the faces found are compared (default: as many as
                        the first variant has at --confidence, and 0.1, 0.3 and 1 a photograph); a half has its share
  --output <score>      O-Net's threshold for the curve (default 0: the whole curve)
  --rounds <n>          draws of the bootstrap (default 500); --seed <n> (default 1)
  --workers <n>         processes that work side by side (default: as many as cores); figures do not depend on it,
                        but for the times, which are best taken with 1
  --save <folder>       what was found, in the text form that the evaluation of WIDER FACE reads: <folder>/<number of
                        the variant, from 1>/<event>/<photograph>.txt
  --json                machine-readable
`

export interface EvalOptions {
  readonly folder: string
  readonly truth: string | undefined
  readonly landmarks: string | undefined
  readonly variants: readonly Variant[]
  readonly every: number
  readonly halves: boolean
  readonly confidence: number
  /** Undefined: chosen by what the first variant does. */
  readonly falsePositives: readonly number[] | undefined
  readonly output: number
  readonly rounds: number
  readonly seed: number
  readonly workers: number
  readonly save: string | undefined
  readonly json: boolean
}

/**
 * What the arguments ask for; undefined where they ask for help.
 *
 * @throws Error naming the argument that does not fit.
 */
export function parseArguments(args: readonly string[]): EvalOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      images: { type: 'string' },
      truth: { type: 'string' },
      landmarks: { type: 'string' },
      preset: { type: 'string' },
      variant: { type: 'string', multiple: true, default: [] },
      peer: { type: 'string', multiple: true, default: [] },
      every: { type: 'string', default: '1' },
      halves: { type: 'boolean', default: false },
      confidence: { type: 'string', default: '0.7' },
      'false-positives': { type: 'string' },
      output: { type: 'string', default: '0' },
      rounds: { type: 'string', default: '500' },
      seed: { type: 'string', default: '1' },
      workers: { type: 'string', default: String(availableParallelism()) },
      save: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return undefined
  const { images: folder, truth, landmarks, halves, save, json } = values
  if (folder === undefined || (truth === undefined && landmarks === undefined)) {
    throw new Error('--images and one of --truth and --landmarks are needed; --help says more')
  }
  const presets = values.preset ?? (values.variant.length > 0 ? '' : Object.keys(PRESETS).join(','))
  const own = [...presets.split(',').filter((name) => name !== ''), ...values.variant].map(parseVariant)
  const variants = [...own, ...values.peer.map(peer)]
  if (variants.length === 0) throw new Error(`--preset names none: '${presets}'`)
  return {
    folder,
    truth,
    landmarks,
    variants,
    every: whole('every', values.every, 1),
    halves,
    confidence: between0And1('confidence', values.confidence),
    falsePositives: values['false-positives']?.split(',').map((text) => whole('false-positives', text, 0)),
    output: between0And1('output', values.output),
    rounds: whole('rounds', values.rounds, 0),
    seed: whole('seed', values.seed, 0),
    workers: whole('workers', values.workers, 1),
    save,
    json,
  }
}

function whole(name: string, text: string, least: number): number {
  const value = Number(text)
  if (text.trim() !== '' && Number.isSafeInteger(value) && value >= least) return value
  throw new Error(`--${name} must be a whole number from ${least}, not '${text}'`)
}

function between0And1(name: string, text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && value >= 0 && value <= 1) return value
  throw new Error(`--${name} must be a number from 0 to 1, not '${text}'`)
}
