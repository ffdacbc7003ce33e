// Winograd's fast convolutions over NHWC maps, and what their forms have in common.
//
// A tile of OUT x OUT outputs of a convolution of TAPS x TAPS needs an ALPHA x ALPHA tile d of the input, ALPHA = OUT +
// TAPS - 1:
//   Y = Aᵀ [ (G g Gᵀ) ⊙ (Bᵀ d B) ] A
// That is ALPHA² multiplications for each tile and pair of channels where a direct convolution needs OUT² TAPS². The
// matrices come from ALPHA points, the last of them infinity; each form's stand above its code. U = G g Gᵀ is made once
// (pack.ts).
//
//   form         OUT  TAPS  ALPHA  points                 multiplications   used for
//   winograd43   4    3     6      0 ±√2/2 ±√2 ∞          1/4.00            large maps, and sizes of a multiple of 4
//   winograd33   3    3     5      0 ±1 2 ∞               1/3.24            maps of 9 x 9, which it covers exactly
//   winograd73   7    3     9      ±1/4 ±5/8 ±9/8 ±2 ∞    1/5.44            maps of 21 x 21, likewise
//   winograd32   3    2     4      0 ±1 ∞                 1/2.25            maps of 3 x 3, one tile each
//
// All forms take the same three steps for a batch of tiles:
//   1. Bᵀ d B: columns first, which neighbouring tiles share, into T; then rows into V[ALPHA²][tile][channels in]
//   2. M = U V: for each of the ALPHA² positions one small product (matmul.ts), into
//      M[tile][channels out / 4][ALPHA²][4], so that what step 3 reads of a tile lies together
//   3. Aᵀ M A in place, bias, PReLU, stored as pixels
// The code fixes the order of every sum. How far each form errs: `npm run bench:forms`.
//
// Scratch:  T [ALPHA][tiles of a row * OUT + TAPS - 1][channels in]  |  V  |  M
//
// Sources: S. Winograd, Arithmetic Complexity of Computations, 1980; A. Lavin, S. Gray, Fast Algorithms for
// Convolutional Neural Networks, 2016 (the letters are theirs); the points stand for Toom and Cook's multiplication of
// polynomials, transposed. test/reference/winograd.ts makes the matrices from the points,
// test/kernels/transforms.test.ts compares.

/** Bytes of scratch for `count` tiles in rows of `tiles`; strides in bytes from pixel to pixel. */
export function winogradScratch(
  alpha: usize,
  tiles: usize,
  count: usize,
  pixelStride: usize,
  outPixelStride: usize,
): usize {
  // T gets room for tiles + 1 tiles of ALPHA columns, which is more than it needs.
  return alpha * alpha * (tiles + 1) * pixelStride + alpha * alpha * count * (pixelStride + outPixelStride)
}
