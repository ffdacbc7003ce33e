import { shortened } from '../shared/errors.ts'
import { decodeText } from '../shared/text.ts'
import { base64Type } from './data-url.ts'

/** What bytes are, by how they begin. */
export interface FileKind {
  /** With its article: `'a HEIC file'`, `'an HTML page'`. */
  name: string
  /** `'common'`: every decoder has it. `'rare'`: an image that few decoders have. `'other'`: no image. */
  family: 'common' | 'rare' | 'other'
}

/** First bytes as text, one letter a byte, at an offset; a full stop stands for any byte. */
const SIGNATURES: readonly [name: string, family: FileKind['family'], signature: string, offset?: number][] = [
  ['a JPEG file', 'common', '\xff\xd8\xff'],
  ['a PNG file', 'common', '\x89PNG\r\n\x1a\n'],
  ['a GIF file', 'common', 'GIF8'],
  ['a WebP file', 'common', 'RIFF....WEBP'],
  // Raw files that are told apart from TIFF, which they are made after.
  ['a Canon RAW file (CR2)', 'rare', 'II*\0....CR'],
  ['an Olympus RAW file (ORF)', 'rare', 'IIRO'],
  ['an Olympus RAW file (ORF)', 'rare', 'IIRS'],
  ['a Panasonic RAW file (RW2)', 'rare', 'IIU\0'],
  ['a Fujifilm RAW file (RAF)', 'rare', 'FUJIFILMCCD-RAW'],
  ['a Sigma RAW file (X3F)', 'rare', 'FOVb'],
  ['a JPEG XR file', 'rare', 'II\xbc'],
  ['a TIFF file', 'common', 'II*\0'],
  ['a TIFF file', 'common', 'MM\0*'],
  ['a JPEG XL file', 'rare', '\xff\x0a'],
  ['a JPEG XL file', 'rare', '\0\0\0\x0cJXL \r\n\x87\n'],
  ['a JPEG 2000 file', 'rare', '\0\0\0\x0cjP  '],
  ['a JPEG 2000 file', 'rare', '\xff\x4f\xff\x51'],
  ['a BMP file', 'rare', 'BM....\0\0\0\0'],
  ['an ICO file', 'rare', '\0\0\x01\0'],
  ['a Photoshop file (PSD)', 'rare', '8BPS'],
  ['an OpenEXR file', 'rare', 'v/1\x01'],
  ['a Radiance HDR file', 'rare', '#?R'],
  ['a DDS file', 'rare', 'DDS '],
  ['a QOI file', 'rare', 'qoif'],
  ['a FITS file', 'rare', 'SIMPLE  ='],
  ['a GIMP file (XCF)', 'rare', 'gimp xcf'],
  ['a PDF file', 'other', '%PDF'],
  ['a PostScript file', 'other', '%!PS'],
  ['a ZIP archive', 'other', 'PK\x03\x04'],
  ['a gzip file', 'other', '\x1f\x8b'],
  ['a Matroska or WebM video', 'other', '\x1aE\xdf\xa3'],
  ['an AVI video', 'other', 'RIFF....AVI '],
  ['an MPEG video', 'other', '\0\0\x01\xba'],
  ['a NumPy array (.npy)', 'other', '\x93NUMPY'],
  ['a Git LFS pointer, not the file itself', 'other', 'version https://git-lfs'],
]

/** Brands of the container that HEIC, AVIF, raw files of Canon and most videos share (ISO base media file format). */
const BRANDS: readonly [name: string, family: FileKind['family'], brand: RegExp][] = [
  ['an AVIF file', 'common', /^avi[fs]/],
  ['a HEIC file', 'rare', /^(he(ic|ix|im|is|vc|vx|vm|vs)|mif1|msf1)/],
  ['a Canon RAW file (CR3)', 'rare', /^crx/],
  ['a video (MP4 or QuickTime)', 'other', /^/],
]

/**
 * Tells by its first bytes what a file is; undefined where they say nothing.
 *
 * @example fileKind(bytes)?.name // 'a HEIC file'
 */
export function fileKind(bytes: Uint8Array): FileKind | undefined {
  const start = String.fromCharCode(...bytes.subarray(0, 64))
  if (start.slice(4, 8) === 'ftyp') {
    // `mif1` says no more than that pictures follow: the compatible brands say which.
    const brands = start.slice(8, 12) === 'mif1' && /avi[fs]/.test(start.slice(16)) ? 'avif' : start.slice(8)
    const [name, family] = BRANDS.find(([, , brand]) => brand.test(brands))!
    return { name, family }
  }
  for (const [name, family, signature] of SIGNATURES) {
    const fits = [...signature].every((letter, at) => letter === '.' || letter === start[at])
    if (fits) return { name, family }
  }
  return textKind(bytes)
}

function textKind(bytes: Uint8Array): FileKind | undefined {
  // Copied: a decoder of text takes no shared memory.
  const text = decodeText(bytes.slice(0, 1000)).trimStart()
  // A character cut in two at the end is no fault; anything else that is not text is.
  if (text === '' || /[^\P{Cc}\s]|\ufffd./u.test(text)) return undefined
  const begins = `it begins with '${shortened(text.slice(0, 60).replace(/\s+/g, ' '), 40)}'`
  if (/^<(!doctype html|html|head|body)\b/i.test(text.replace(/<!--.*?-->/gs, '').trimStart())) {
    return { name: `an HTML page, perhaps an error page (${begins})`, family: 'other' }
  }
  if (/<svg[\s>]/i.test(text)) return { name: 'an SVG file', family: 'common' }
  if (/^data:/i.test(text)) return { name: 'the text of a data: URL (pass it as a string)', family: 'other' }
  if (base64Type(text)) return { name: "base64 text (pass Buffer.from(text, 'base64'))", family: 'other' }
  if (/^<[?!a-z]/i.test(text)) return { name: `XML or HTML (${begins})`, family: 'other' }
  if (/^[{[]/.test(text)) return { name: `JSON, perhaps an error message (${begins})`, family: 'other' }
  return { name: `text (${begins})`, family: 'other' }
}
