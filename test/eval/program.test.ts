/** The whole of `npm run eval`, on photographs of development packages and small truth files made for it. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { COLUMNS } from '../../bench/eval/landmarks.ts'
import type { Row } from '../../bench/eval/report.ts'
import { MTCNN } from '../../src/index.node.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const images = join(root, 'node_modules')
const PHOTOGRAPHS = ['tracking/examples/assets/faces.jpg', '@vladmandic/face-api/demo/sample1.jpg']
let folder = ''
let truth = ''
let landmarks = ''

function evaluate(...given: string[]): { status: number | null; text: string; error: string } {
  const args = ['bench/run.mjs', 'eval', '--no-build', '--images', images, ...given]
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' })
  return { status, text: stdout, error: stderr }
}

interface Report {
  images: number
  missing: number
  faces: number
  variants: Row[]
  halves?: Record<string, Row[]>
}

function figures(...given: string[]): Report {
  const { status, text, error } = evaluate(...given, '--json', '--rounds', '20')
  if (status !== 0) throw new Error(error)
  return JSON.parse(text)
}

const withoutTimes = (rows: readonly Row[]) => rows.map(({ milliseconds, ...rest }) => rest)

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mtcnn-eval-'))
  truth = join(folder, 'truth.txt')
  landmarks = join(folder, 'landmarks.csv')
  // What the classic preset finds is the truth here, so classic has to be perfect.
  const detector = await MTCNN.create()
  const lines: string[] = []
  const points: string[] = [COLUMNS.join(',')]
  for (const file of PHOTOGRAPHS) {
    const faces = await detector.detectFaces(join(images, file))
    lines.push(file, String(faces.length))
    for (const { box, keypoints: k } of faces) {
      lines.push(`${box.x} ${box.y} ${box.width} ${box.height} 0 0 0 0 0 0`)
      const five = [k.leftEye, k.rightEye, k.nose, k.mouthLeft, k.mouthRight]
      points.push([file, ...five.flatMap(({ x, y }) => [x, y])].join(','))
    }
  }
  detector.dispose()
  lines.push('tracking/not-there.jpg', '1', '1 1 50 50 0 0 0 0 0 0', '')
  writeFileSync(truth, lines.join('\n'))
  writeFileSync(landmarks, points.join('\n'))
})

afterAll(() => rmSync(folder, { recursive: true }))

describe('npm run eval', () => {
  it('gives the same figures with one process and with several, and takes the photographs that are there', () => {
    const given = ['--truth', truth, '--landmarks', landmarks, '--preset', 'classic,fast', '--halves']
    const one = figures(...given, '--workers', '1')
    const three = figures(...given, '--workers', '3')
    expect(withoutTimes(three.variants)).toEqual(withoutTimes(one.variants))
    expect(Object.keys(three.halves!)).toEqual(Object.keys(one.halves!))
    for (const half of Object.keys(one.halves!)) {
      expect(withoutTimes(three.halves![half]!)).toEqual(withoutTimes(one.halves![half]!))
    }
    expect([one.images, one.missing]).toEqual([2, 1])
    const [classic, fast] = one.variants
    expect(classic!.measurement.faces!.ap.hard.value).toBe(1)
    expect(classic!.measurement.faces!.falsePositives).toBe(0)
    expect(classic!.measurement.faces!.detections).toBe(one.faces)
    expect(classic!.measurement.landmarks!.error.value).toBeCloseTo(0, 4)
    expect(fast!.measurement.landmarks!.error.value).toBeGreaterThan(0.001)
    for (const { milliseconds } of one.variants) expect(milliseconds).toBeGreaterThan(0)
  })

  it('says how many photographs are missing, and has only tables of what there is truth for', () => {
    const faces = evaluate('--truth', truth, '--preset', 'fast').text
    expect(faces).toMatch(/^2 photographs; 1 more that are named are missing from the folder; \d+ annotated faces/)
    expect(faces).not.toMatch(/Landmark/)
    const points = evaluate('--landmarks', landmarks, '--preset', 'fast').text
    expect(points).toMatch(/^2 photographs; landmarks of \d+ faces\n/)
    expect(points).not.toMatch(/precision|Recall|false positives|Reliability/)
  })

  it('writes detections in the form of the official evaluation', () => {
    const saved = join(folder, 'saved')
    const { variants } = figures('--truth', truth, '--preset', 'classic', '--save', saved)
    expect(readdirSync(saved)).toEqual(['1'])
    const confidences = PHOTOGRAPHS.flatMap((file) => {
      const path = join(saved, '1', file.replace('.jpg', '.txt'))
      const [name, count, ...lines] = readFileSync(path, 'utf8').trim().split('\n')
      expect([name, Number(count)]).toEqual([file, lines.length])
      return lines.map((line) => Number(line.split(' ')[4]))
    })
    const sure = confidences.filter((confidence) => confidence >= 0.7)
    expect(sure.length).toBe(variants[0]!.measurement.faces!.detections)
  })

  it('shows what pixels in the wrong order of colours cost', () => {
    const { variants } = figures('--landmarks', landmarks, '--variant', 'classic', '--variant', 'classic order=bgr')
    const [right, wrong] = variants.map(({ measurement }) => measurement.landmarks!.error.value)
    expect(right).toBeCloseTo(0, 4)
    expect(wrong).toBeGreaterThan(0.01)
  })

  it('names the photograph that cannot be read, the folder that has none, the option that is unknown', () => {
    writeFileSync(join(folder, 'other.txt'), 'tracking/package.json\n0\n')
    const unreadable = evaluate('--truth', join(folder, 'other.txt'), '--preset', 'fast')
    expect(unreadable.status).toBe(1)
    expect(unreadable.error).toMatch(/^tracking\/package\.json: /m)
    writeFileSync(join(folder, 'none.txt'), 'nowhere/a.jpg\n0\nnowhere/b.jpg\n0\n')
    const none = evaluate('--truth', join(folder, 'none.txt'))
    expect(none.status).toBe(1)
    expect(none.error).toMatch(/none of the 2 photographs is in .*the first would be nowhere\/a\.jpg/)
    const unknown = evaluate('--truth', truth, '--variant', 'classic minFaceSize=large')
    expect(unknown.status).toBe(1)
    expect(unknown.error).toMatch(/minFaceSize/)
  })
})
