/**
 * A video file that is to be shown turned, as telephones make them, without a video encoder: what an AVIF file holds is a
 * key frame of AV1, and it says how to decode it as an MP4 file does. Boxes are named as in ISO/IEC 14496-12.
 */

/** A box: its length, its name, its content. */
function box(name: string, ...content: Uint8Array[]): Buffer {
  const body = Buffer.concat(content)
  return Buffer.concat([numbers(8 + body.length), Buffer.from(name, 'latin1'), body])
}

/** Of 32 bits each. */
function numbers(...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length)
  for (const [n, value] of values.entries()) bytes.writeInt32BE(value | 0, 4 * n)
  return bytes
}

/** Of 16 bits each. */
function shorts(...values: number[]): Buffer {
  const bytes = Buffer.alloc(2 * values.length)
  for (const [n, value] of values.entries()) bytes.writeUInt16BE(value, 2 * n)
  return bytes
}

/** The box of an AVIF file that has this name, with its head. */
function boxIn(avif: Buffer, name: string): Buffer {
  const at = avif.indexOf(name, 0, 'latin1') - 4
  if (at < 0) throw new Error(`no box ${name} in the AVIF file`)
  return avif.subarray(at, at + avif.readUInt32BE(at))
}

const ONE = 0x10000
/** What `tkhd` has as its matrix: a quarter clockwise, and back into view. */
const quarterClockwise = (height: number) => [0, ONE, 0, -ONE, 0, 0, height * ONE, 0, 0x40000000]
const UPRIGHT = [ONE, 0, 0, 0, ONE, 0, 0, 0, 0x40000000]

/** The picture, so many times, 30 a second, to be shown turned clockwise by a quarter. */
export function turnedMp4Of(
  avif: Buffer,
  { width, height }: { width: number; height: number },
  frames: number,
): Buffer {
  const picture = boxIn(avif, 'mdat').subarray(8)
  const [scale, duration] = [30, frames]
  const type = box('ftyp', Buffer.from('isom'), numbers(0), Buffer.from('isomav01'))
  // All frames are the same piece of the file, which lies behind its first box.
  const offset = type.length + 8
  const sample = box(
    'av01',
    ...[numbers(0), shorts(0, 1), Buffer.alloc(16), shorts(width, height), numbers(72 * ONE, 72 * ONE, 0)],
    ...[shorts(1), Buffer.alloc(32), shorts(24, 0xffff), boxIn(avif, 'av1C')],
  )
  const table = box(
    'stbl',
    box('stsd', numbers(0, 1), sample),
    box('stts', numbers(0, 1, frames, 1)),
    box('stsc', numbers(0, 1, 1, 1, 1)),
    box('stsz', numbers(0, picture.length, frames)),
    box('stco', numbers(0, frames, ...Array(frames).fill(offset))),
  )
  const reference = box('dinf', box('dref', numbers(0, 1), box('url ', numbers(1))))
  const media = box(
    'mdia',
    box('mdhd', numbers(0, 0, 0, scale, duration, 0x55c40000)),
    box('hdlr', numbers(0, 0), Buffer.from('vide'), numbers(0, 0, 0), Buffer.of(0)),
    box('minf', box('vmhd', numbers(1, 0, 0)), reference, table),
  )
  const head = numbers(3, 0, 0, 1, 0, duration, 0, 0, 0, 0)
  const size = numbers(width * ONE, height * ONE)
  const track = box('trak', box('tkhd', head, numbers(...quarterClockwise(height)), size), media)
  const movie = numbers(0, 0, 0, scale, duration, ONE, 0x01000000, 0, 0, ...UPRIGHT, 0, 0, 0, 0, 0, 0, 2)
  return Buffer.concat([type, box('mdat', picture), box('moov', box('mvhd', movie), track)])
}
