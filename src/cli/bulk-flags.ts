import type { AnonymiseOptions } from '../options/anonymise.ts'
import type { CropOptions } from '../options/crop.ts'
import { type Flag, number, numbers } from './flag.ts'

const MANY = ['detect', 'crop', 'blur'] as const

/** Flags of commands for many images. */
export const BULK_FLAGS: readonly Flag[] = [
  {
    name: 'out',
    value: 'where',
    help: [
      'detect: a file for what is found, .jsonl or .csv (- for JSONL on standard output);',
      'crop, blur: a folder. Run again with the same --out, only what is missing is done',
    ],
  },
  {
    name: 'recursive',
    negatable: true,
    help: ['search the folders below a folder, too (default yes)'],
  },
  {
    name: 'ext',
    value: 'list',
    help: ['endings that folders are searched for, such as jpg,png (default: those of images)'],
  },
  {
    name: 'null',
    short: '0',
    uses: MANY,
    help: ['names on standard input end with a NUL character, as those of find -print0'],
  },
  {
    name: 'timeout',
    value: 'seconds',
    uses: MANY,
    help: ['give an image up after this time (default 60)'],
  },
  {
    name: 'retry-failed',
    uses: MANY,
    help: ['do images again that failed in an earlier run'],
  },
  {
    name: 'quiet',
    short: 'q',
    uses: MANY,
    help: ['show no progress and no summary'],
  },
  {
    name: 'format',
    value: 'ending',
    uses: ['crop', 'blur'],
    help: ['of the pictures: png, jpg, webp, avif, tif or gif (crop: png; blur: that of the image)'],
  },
  {
    name: 'in-place',
    uses: ['blur'],
    help: ['write over the originals; --out may then name a .jsonl or .csv file'],
  },
]

/** Flags that are options of `extractFaces`. */
export const CROP_FLAGS: readonly (Flag & { crop: keyof CropOptions })[] = [
  {
    name: 'align',
    value: 'way',
    uses: ['crop'],
    crop: 'align',
    help: [
      'arcface (default): turned upright for face recognition; facenet, none: the box; or where the',
      'landmarks shall lie: x,y of five places, as shares of the crop',
    ],
    read: (text) => {
      if (!text.includes(',')) return text
      const shares = numbers(
        text,
        [...'12345'].flatMap((point) => [`x${point}`, `y${point}`]),
      )
      return [0, 2, 4, 6, 8].map((at) => [shares[at], shares[at + 1]])
    },
  },
  {
    name: 'size',
    value: 'pixels',
    uses: ['crop'],
    crop: 'size',
    help: ['side of a crop, or width,height (default 112; facenet 160; none: that of the box)'],
    read: (text) => (text.includes(',') ? numbers(text, ['width', 'height']) : number(text)),
  },
  {
    name: 'margin',
    value: 'share',
    uses: ['crop'],
    crop: 'margin',
    help: ['how much more than the face is shown, as a share of the box, -0.9 to 10 (default 0)'],
    read: number,
  },
  {
    name: 'square',
    negatable: true,
    uses: ['crop'],
    crop: 'square',
    help: ['widen the shorter side of the box, so that the crop is square (default no)'],
  },
  {
    name: 'fill',
    value: 'r,g,b|edge',
    uses: ['crop'],
    crop: 'fill',
    help: ['what lies outside of the photograph: a colour or its nearest pixels (default 0,0,0)'],
    read: (text) => (text === 'edge' ? text : numbers(text, ['r', 'g', 'b'])),
  },
]

/** Flags that are options of `anonymiseFaces`. */
export const BLUR_FLAGS: readonly (Flag & { hide: keyof AnonymiseOptions })[] = [
  {
    name: 'method',
    value: 'way',
    uses: ['blur'],
    hide: 'method',
    help: ['blur (default), pixelate, or fill, of which nothing can be regained'],
    read: (text) => text,
  },
  {
    name: 'strength',
    value: 'factor',
    uses: ['blur'],
    hide: 'strength',
    help: ['how coarse blur and pixelate are, 0.1 to 10 (default 1; less may be recognised)'],
    read: number,
  },
  {
    name: 'margin',
    value: 'share',
    uses: ['blur'],
    hide: 'margin',
    help: ['how much more than the face is hidden, as a share of the box, 0 to 2 (default 0.3)'],
    read: number,
  },
  {
    name: 'shape',
    value: 'shape',
    uses: ['blur'],
    hide: 'shape',
    help: ['ellipse (default) or box'],
    read: (text) => text,
  },
  {
    name: 'colour',
    value: 'r,g,b',
    uses: ['blur'],
    hide: 'colour',
    help: ['for fill: each from 0 to 255 (default 0,0,0)'],
    read: (text) => numbers(text, ['r', 'g', 'b']),
  },
]
