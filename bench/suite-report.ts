/** What `bench` and `bench:chromium` print. */
import { FAST } from './peers/ours.ts'
import { ms, table, times } from './report.ts'
import type { SuiteResult } from './suite.ts'
import type { Laps } from './timing.ts'

const of = (laps: Laps, name: string): number => laps[name] ?? 0

/** Tables: the nets alone, the whole cascade by image, ratios at a glance. Ratios are times of ours. */
export function suiteLines({ contenders, cascades, nets }: SuiteResult): string[] {
  const names = contenders.map(({ name, version }) => (version ? `${name} ${version}` : name))
  const others = contenders.slice(1).map(({ name }) => name)
  const netRows = nets.map(({ net, laps }) => {
    const ours = of(laps[0]!, 'net')
    const ratios = laps.slice(1).map((lap) => `${ms(of(lap, 'net'))} (${times(of(lap, 'net') / ours)})`)
    return [net, ms(ours), ...ratios]
  })
  const fast = contenders.findIndex(({ name }) => name === FAST)
  const ratioRows = cascades.map((result) => {
    const total = (n: number) => of(result.laps[n]!, 'total')
    const ratios = others.map((_, other) => {
      const n = other + 1
      const ofFast = fast > 0 && n > fast ? ` (${times(total(n) / total(fast))})` : ''
      return `${times(total(n) / total(0))}${ofFast}`
    })
    return [title(result), result.faces, ms(total(0)), ...ratios]
  })
  const lines = [
    'The nets alone, on tensors made before: ms, and in brackets how many times ours.',
    '',
    table(['', ...names], netRows),
    '',
    "The whole cascade under one host, ours: total ms of ours, and the others' total in times of it" +
      `${fast > 0 ? ", in brackets in times of ours with precision 'fast'" : ''}. All found the same faces.`,
    '',
    table(['image', 'faces', `${names[0]}, ms`, ...others], ratioRows),
    '',
    'The same by stage, ms. P, R, O: the stage with its suppression; "alone": the net without conversion of its tensors. Share of' +
      ' resampling: of the pyramid (resize), and of the patches, in the total.',
  ]
  for (const result of cascades) {
    const base = of(result.laps[0]!, 'total')
    const rows = result.laps.map((lap, n) => {
      const stages = ['total', 'load', 'resize', 'proposal', 'patches', 'refine', 'output']
      const alone = ['pnet', 'rnet', 'onet', 'convert']
      const figures = [...stages, ...alone].map((name) => ms(of(lap, name)))
      const total = of(lap, 'total')
      const shares = ['resize', 'patches'].map((name) => ((100 * of(lap, name)) / total).toFixed(1))
      return [contenders[n]!.name, times(total / base), ...figures, `${shares.join(' + ')} %`]
    })
    const head = ['', 'ratio', 'total', 'load', 'resize', 'P', 'patches', 'R', 'O']
    const alone = ['P alone', 'R alone', 'O alone', 'conversion', 'share of resampling']
    lines.push(
      '',
      `${title(result)}: ${result.proposals} patches to R-Net, ${result.refined} to O-Net`,
      '',
      table([...head, ...alone], rows),
    )
  }
  return lines
}

function title({ picture, width, height, minFaceSize }: SuiteResult['cascades'][number]): string {
  return `${picture}, ${width}x${height}, from ${minFaceSize} px`
}
