import { link, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { drawFaces } from '../../src/bulk/draw.ts'
import { PICTURE_FORMATS, type PictureEnding } from '../../src/bulk/picture.ts'
import type { Pixels } from '../../src/image/pixels.ts'
import type { Face } from '../../src/shared/face.ts'
import { cli, painting, photo, scratchFolder } from '../cli/environment.ts'

const folder = scratchFolder()
const face: Face = {
  box: { x: 20, y: 30, width: 60, height: 40 },
  confidence: 1,
  keypoints: {
    leftEye: { x: 35, y: 45 },
    rightEye: { x: 65, y: 45 },
    nose: { x: 50, y: 52 },
    mouthLeft: { x: 40, y: 62 },
    mouthRight: { x: 60, y: 62 },
  },
  roll: 0,
}
const [width, height] = [120, 100]
const grey: Pixels = {
  data: new Uint8Array(width * height * 3).fill(128),
  ...{ width, height, channels: 3, order: 'rgb', stride: width * 3 },
}

describe('the drawing', () => {
  it('marks the edges of the box and the landmarks, and nothing else', async () => {
    const bytes = await drawFaces(grey, [face], '.png')
    const { data: drawn, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true })
    expect([info.width, info.height, info.channels]).toEqual([width, height, 3])
    const at = (x: number, y: number) => [...drawn.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)]
    const isGreen = ([r, g, b]: number[]) => g! > 180 && r! < 140 && b! < 180
    for (const [x, y] of [
      [20, 50],
      [80, 50],
      [50, 30],
      [50, 70],
    ] as const) {
      // The line lies on the edge: half of it on either side.
      expect([at(x, y), at(x - 1, y), at(x, y - 1)].some(isGreen)).toBe(true)
    }
    for (const { x, y } of Object.values(face.keypoints!)) {
      const [red, , blue] = at(x, y)
      expect(red! - blue!).toBeGreaterThan(80)
    }
    for (const [x, y] of [
      [5, 5],
      [110, 90],
      [50, 40],
      [28, 60],
    ] as const)
      expect(at(x, y)).toEqual([128, 128, 128])
  })

  it.each(Object.keys(PICTURE_FORMATS) as PictureEnding[])('is written as %s', async (ending) => {
    const { format, compression } = await sharp(await drawFaces(grey, [face], ending)).metadata()
    const wanted = PICTURE_FORMATS[ending]
    expect([format, compression]).toEqual(wanted === 'avif' ? ['heif', 'av1'] : [wanted, compression])
  })

  it('has colours in full resolution as JPEG', async () => {
    expect(await sharp(await drawFaces(grey, [face], '.jpg')).metadata()).toMatchObject({ chromaSubsampling: '4:4:4' })
  })
})

describe('--draw', () => {
  it('writes every drawing and says where', async () => {
    const out = join(folder, 'drawn')
    const { code, stdout } = await cli(['detect', photo, painting, '--draw', `${out}/`])
    expect(code).toBe(0)
    expect(stdout).toContain(`drawn to ${join(out, 'faces.png')}`)
    expect((await readdir(out)).sort()).toEqual(['faces.png', 'joconde.png'])
    expect(await sharp(join(out, 'faces.png')).metadata()).toMatchObject({ width: 600, height: 346, format: 'png' })
  })

  it('leaves what exists alone, and searches nothing, without --force', async () => {
    const out = join(folder, 'kept.png')
    await writeFile(out, 'mine')
    const refused = await cli(['detect', photo, '--draw', out])
    expect([refused.code, refused.stdout, refused.created]).toEqual([2, '', []])
    expect(refused.stderr).toContain('--force')
    expect(await readFile(out, 'utf8')).toBe('mine')
    expect((await cli(['detect', photo, '--draw', out, '--force'])).code).toBe(0)
    expect((await sharp(out).metadata()).width).toBe(600)
  })

  it('never writes over a photograph, not even one that gets the name while it works', async () => {
    const [original, out] = [join(folder, 'original.jpg'), join(folder, 'late.jpg')]
    const bytes = await readFile(photo)
    await writeFile(original, bytes)
    const { code, stdout, stderr } = await cli(['detect', original, '--draw', out, '--force'], [], {
      createDetector: async () => ({
        detectFaces: async () => {
          await link(original, out)
          return []
        },
        explain: async () => {
          throw new Error('not asked for')
        },
        dispose: () => {},
      }),
    })
    expect(code).toBe(1)
    expect(stdout).toContain('no faces')
    expect(stderr).toMatch(/could not draw '.*late\.jpg': it is a photograph that is searched/)
    expect(await readFile(original)).toEqual(bytes)
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  it('says when a drawing cannot be written, and keeps the faces', async () => {
    const blocked = join(folder, 'blocked')
    await writeFile(blocked, 'a file, not a folder')
    const { code, stdout, stderr } = await cli(['detect', photo, '--draw', join(blocked, 'out.png')])
    expect(code).toBe(1)
    expect(stdout).toContain('2 faces')
    expect(stderr).toContain('could not draw')
  })
})
