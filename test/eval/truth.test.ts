import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { readMatlab } from '../../bench/eval/matlab.ts'
import { parseOfficial, readOfficial } from '../../bench/eval/official.ts'
import { parseAnnotations } from '../../bench/eval/truth.ts'
import { type MatlabInput, matlabFile } from '../helpers/matlab.ts'

describe('the text form', () => {
  const text = [
    '0--Parade/0_Parade_a_1.jpg',
    '4',
    '10 20 60 80 0 0 0 0 0 0 ',
    '100 20 30 40 0 0 0 0 0 0 ',
    '200 20 10 11 2 0 0 0 1 0 ',
    '300 20 90 90 2 0 0 1 1 0 ',
    '0--Parade/0_Parade_none_2.jpg',
    '0',
    '0 0 0 0 0 0 0 0 0 0 ',
    '1--Handshaking/1_Handshaking_c_3.jpg',
    '1',
    '5 5 0 25 0 0 0 0 0 0 ',
    '',
  ].join('\n')

  it('gives faces, splits by height, and what is invalid', () => {
    const { images, splits } = parseAnnotations(text)
    expect(splits).toMatch(/by height.*not comparable/)
    expect(images.map(({ file }) => file)).toEqual([
      '0--Parade/0_Parade_a_1.jpg',
      '0--Parade/0_Parade_none_2.jpg',
      '1--Handshaking/1_Handshaking_c_3.jpg',
    ])
    const [parade, none, empty] = images
    expect(parade!.faces[1]).toEqual({ x: 100, y: 20, width: 30, height: 40 })
    expect(parade!.counts).toEqual({
      easy: [true, false, false, false],
      medium: [true, true, false, false],
      hard: [true, true, true, false],
    })
    expect(parade!.valid).toEqual([true, true, true, false])
    expect(none!.faces).toEqual([])
    expect(empty!.counts.hard).toEqual([false])
  })

  it('takes Windows line ends, and zero faces without a line of zeros', () => {
    expect(parseAnnotations(text.replaceAll('\n', '\r\n')).images).toEqual(parseAnnotations(text).images)
    const bare = text.replace('0 0 0 0 0 0 0 0 0 0 \n1--', '1--')
    expect(parseAnnotations(bare).images).toEqual(parseAnnotations(text).images)
  })

  it('names the line that does not fit', () => {
    expect(() => parseAnnotations('a.jpg\n2\n1 2 3 4 0 0 0 0 0 0\nb.jpg\n0\n')).toThrow(/line 4 .* got 'b.jpg'/)
    expect(() => parseAnnotations('a.jpg\nb.jpg\n')).toThrow(/line 2 .*number of faces/)
    expect(() => parseAnnotations('1 2 3 4\n')).toThrow(/line 1 .*name of an image/)
  })
})

describe('the official form', () => {
  // Made with SciPy's savemat, which is not ours: wider_face_val.mat as it is, the others compressed.
  const folder = fileURLToPath(new URL('matlab/', import.meta.url))
  const file = (name: string) => readFileSync(`${folder}${name}`)

  it('gives events, files, boxes and which count', async () => {
    const { images, splits } = await readOfficial(folder)
    expect(splits).toMatch(/official/)
    expect(images.map(({ file }) => file)).toEqual([
      '0--Parade/0_Parade_a_1.jpg',
      '0--Parade/0_Parade_b_2.jpg',
      '1--Handshaking/1_Handshaking_c_3.jpg',
    ])
    expect(images[0]!.faces).toEqual([
      { x: 10, y: 20, width: 60, height: 80 },
      { x: 100.5, y: 20, width: 30, height: 40 },
      { x: 200, y: 50, width: 8, height: 9 },
    ])
    expect(images[0]!.counts).toEqual({
      easy: [true, false, false],
      medium: [true, true, false],
      hard: [true, true, false],
    })
    expect(images[1]!.counts).toEqual({ easy: [false], medium: [false], hard: [true] })
    expect(images[2]!.counts.easy).toEqual([false, true])
  })

  it('reads on past variables it has no use for, and refuses what is no such file', () => {
    expect([...readMatlab(file('wider_face_val.mat')).keys()]).toEqual(['event_list', 'file_list', 'face_bbx_list'])
    expect(() => readMatlab(new Uint8Array(200))).toThrow(/level 5/)
    expect(() => readMatlab(file('wider_face_val.mat').subarray(0, 400))).toThrow(/broken/)
  })

  it('says which faces are marked as invalid', () => {
    const boxes = [
      [10, 20, 30, 40],
      [50, 20, 30, 40],
      [90, 20, 0, 40],
      [130, 20, 9, 9],
    ]
    const marked = (marks: number[]) => {
      const all: Record<string, MatlabInput> = {
        event_list: { cells: ['0--Parade'] },
        file_list: { cells: [{ cells: ['0_Parade_a_1'] }] },
        face_bbx_list: { cells: [{ cells: [boxes] }] },
        invalid_label_list: { cells: [{ cells: [marks.map((mark) => [mark])] }] },
      }
      const split = matlabFile({ gt_list: { cells: [{ cells: [[[1], [2]]] }] } })
      return parseOfficial({ all: matlabFile(all), easy: split, medium: split, hard: split }).images
    }
    const [image] = marked([0, 1, 0, 0])
    expect(image!.faces[3]).toEqual({ x: 130, y: 20, width: 9, height: 9 })
    // The third has no width.
    expect(image!.valid).toEqual([true, false, false, true])
    expect(image!.counts.easy).toEqual([true, true, false, false])
    expect(() => marked([0, 1])).toThrow(/which of the 4 faces of 0--Parade\/0_Parade_a_1\.jpg are invalid/)
  })

  it('notices files that do not belong together', () => {
    const [all, easy] = [file('wider_face_val.mat'), file('wider_easy_val.mat')]
    expect(() => parseOfficial({ all, easy: all, medium: easy, hard: easy })).toThrow(/gt_list of wider_easy_val/)
  })
})
