// The frame, the pixels a search works on: u8 [height][width][3], red first, rows tight, SLACK bytes behind it. And how
// pixels as the caller has them become it.

/** Bytes behind pixels and lists that kernels may read, or overwrite: they work on whole vectors. */
export const SLACK: usize = 64

/** Where the frame lies; the host writes it (src/wasm/abi.ts). */
@unmanaged
export class Frame {
  /** May lie before the rows that are there, where those above are not looked at. */
  pixels: usize
  width: i32
  height: i32
}

/** Bytes of a Frame. */
export const FRAME: usize = offsetof<Frame>()

// Swizzles of 16 bytes of source: four pixels of 1 or 4 bytes, five of 3; in the colours' order and turned round.
const GREY: usize = memory.data<u8>([0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 16, 16, 16, 16], 16)
const RGB: usize = memory.data<u8>([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 16], 16)
const BGR: usize = memory.data<u8>([2, 1, 0, 5, 4, 3, 8, 7, 6, 11, 10, 9, 14, 13, 12, 16], 16)
const RGBA: usize = memory.data<u8>([0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 16, 16, 16, 16], 16)
const BGRA: usize = memory.data<u8>([2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, 16, 16, 16, 16], 16)

/**
 * source: u8 [count][channels], channels 1, 3 or 4 (the fourth is dropped), blue first where bgr is 1; 16 readable
 * bytes behind it. out: u8 [count][3]; up to 16 bytes behind it are overwritten.
 */
export function packPixels(source: usize, channels: i32, bgr: i32, count: i32, out: usize): void {
  assert((channels == 1 || channels == 3 || channels == 4) && (bgr & ~1) == 0 && count >= 0)
  const step = channels == 3 ? 5 : 4
  const order = v128.load(channels == 1 ? GREY : channels == 3 ? (bgr ? BGR : RGB) : bgr ? BGRA : RGBA)
  for (let i = 0; i < count; i += step) {
    v128.store(out, i8x16.swizzle(v128.load(source), order))
    source += step * channels
    out += step * 3
  }
}
