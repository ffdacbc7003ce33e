import version from '../../package.json?version'
import { describe, MtcnnError } from '../shared/errors.ts'
import { type CompiledKernels, compileKernels } from './compile.ts'

/** Which build of the kernels a detector runs, and why. */
export interface KernelChoice {
  /** `'simd'`: WebAssembly SIMD, the same bits on every engine. `'relaxed-simd'`: with fused multiply-adds. */
  readonly kernels: 'simd' | 'relaxed-simd'
  readonly reason: string
}

/** A module of one function that returns f32x4.relaxed_madd of three vectors. */
const RELAXED = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 19, 1, 17, 0, 65, 0, 253, 15, 65, 0, 253, 15, 65,
  0, 253, 15, 253, 133, 2, 11,
]

/** The one place where a build is chosen. */
export function chooseKernels(precision: 'exact' | 'fast'): KernelChoice {
  if (precision === 'exact') return { kernels: 'simd', reason: "precision is 'exact': the same bits on every engine" }
  return WebAssembly.validate(new Uint8Array(RELAXED))
    ? { kernels: 'relaxed-simd', reason: "precision is 'fast', and the engine has relaxed SIMD" }
    : { kernels: 'simd', reason: "precision is 'fast', but the engine has no relaxed SIMD" }
}

/**
 * Compiles kernels of the caller, and reads which they are from what the build has stamped on them.
 *
 * @throws MtcnnError INVALID_OPTION for anything but this version's kernels; UNSUPPORTED_PLATFORM as {@link compileKernels}.
 */
export async function compileGiven(
  source: WebAssembly.Module | Uint8Array,
): Promise<{ kernels: CompiledKernels; choice: KernelChoice }> {
  const wanted = `mtcnn.wasm or mtcnn.relaxed.wasm of mtcnn-wasm ${version}`
  if (source instanceof Uint8Array && String.fromCharCode(...source.subarray(0, 4)) !== '\0asm') {
    throw new MtcnnError(
      'INVALID_OPTION',
      `option 'module' must be ${wanted}; got ${describe(source)} of something else`,
    )
  }
  const compiled = await compileKernels(source)
  const [stamp] = WebAssembly.Module.customSections(compiled.module, STAMP)
  // Plain ASCII; jsdom has no TextDecoder.
  const [found = '', kernels] = stamp ? String.fromCharCode(...new Uint8Array(stamp)).split(' ') : []
  if (found !== version || (kernels !== 'simd' && kernels !== 'relaxed-simd')) {
    const other = stamp ? `the kernels of ${found}: take the file from the same version` : 'another module'
    throw new MtcnnError('INVALID_OPTION', `option 'module' must be ${wanted}; got ${other}`)
  }
  return { kernels: compiled, choice: { kernels, reason: "option 'module' holds them" } }
}

/** Name of the custom section with version and build; rollup.config.js writes it. */
const STAMP = 'mtcnn-wasm'
