/** Detections in the text form that the evaluation of WIDER FACE reads, so that another program can judge them too. */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Answer } from './crew.ts'
import type { Variant } from './variants.ts'

/** Writes `<folder>/<number of the variant, from 1>/<event>/<photograph>.txt`: name, count, and `x y w h score` of each face. */
export async function saveDetections(
  folder: string,
  variants: readonly Variant[],
  found: ReadonlyMap<string, readonly Answer[]>,
): Promise<void> {
  for (const [file, answers] of found) {
    for (const v of variants.keys()) {
      const path = join(folder, String(v + 1), file.replace(/\.\w+$/, '.txt'))
      const lines = answers[v]!.faces.map(({ box, confidence }) =>
        [box.x, box.y, box.width, box.height, confidence].join(' '),
      )
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, `${[file, lines.length, ...lines].join('\n')}\n`)
    }
  }
}
