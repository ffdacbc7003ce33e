/**
 * Video files without a video encoder: what a lossy WebP file holds is a key frame of VP8, and a WebM file of nothing but
 * key frames is as good as any. Elements are named as in the Matroska specification (RFC 9559).
 */
const ID = {
  EBML: 0x1a45dfa3,
  DocType: 0x4282,
  Segment: 0x18538067,
  Info: 0x1549a966,
  TimestampScale: 0x2ad7b1,
  Duration: 0x4489,
  Tracks: 0x1654ae6b,
  TrackEntry: 0xae,
  TrackNumber: 0xd7,
  TrackUID: 0x73c5,
  TrackType: 0x83,
  DefaultDuration: 0x23e383,
  CodecID: 0x86,
  Video: 0xe0,
  PixelWidth: 0xb0,
  PixelHeight: 0xba,
  Cluster: 0x1f43b675,
  Timestamp: 0xe7,
  SimpleBlock: 0xa3,
} as const

/** An element: its name, the length of its content in eight bytes, the content. */
function element(name: keyof typeof ID, ...content: Uint8Array[]): Buffer {
  const body = Buffer.concat(content)
  const id = Buffer.from(ID[name].toString(16), 'hex')
  const length = Buffer.alloc(8)
  length.writeBigUInt64BE((1n << 56n) | BigInt(body.length))
  return Buffer.concat([id, length, body])
}

function whole(name: keyof typeof ID, value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return element(name, bytes)
}

function fraction(name: keyof typeof ID, value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleBE(value)
  return element(name, bytes)
}

/** The key frame in a lossy WebP file without alpha. */
function keyFrame(webp: Buffer): Buffer {
  if (webp.toString('latin1', 12, 16) !== 'VP8 ') throw new Error('a lossy WebP file without alpha is wanted')
  return webp.subarray(20, 20 + webp.readUInt32LE(16))
}

/** The pictures, lossy WebP files without alpha, 30 a second. */
export function webmOf(webps: readonly Buffer[], { width, height }: { width: number; height: number }): Buffer {
  const millisecond = (n: number) => Math.round((n * 1000) / 30)
  const blocks = webps.map((webp, n) => {
    // Track 1, the time in 16 bits, and that it is a key frame.
    const header = Buffer.of(0x81, 0, 0, 0x80)
    header.writeInt16BE(millisecond(n), 1)
    return element('SimpleBlock', header, keyFrame(webp))
  })
  const track = [
    ...[whole('TrackNumber', 1), whole('TrackUID', 1), whole('TrackType', 1)],
    // Nanoseconds.
    whole('DefaultDuration', Math.round(1e9 / 30)),
    element('CodecID', Buffer.from('V_VP8')),
    element('Video', whole('PixelWidth', width), whole('PixelHeight', height)),
  ]
  return Buffer.concat([
    element('EBML', element('DocType', Buffer.from('webm'))),
    element(
      'Segment',
      // Times are in milliseconds.
      element('Info', whole('TimestampScale', 1_000_000), fraction('Duration', millisecond(webps.length))),
      element('Tracks', element('TrackEntry', ...track)),
      element('Cluster', whole('Timestamp', 0), ...blocks),
    ),
  ])
}
