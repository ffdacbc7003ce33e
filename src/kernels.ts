import { MtcnnError } from './errors.ts'

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

/** Kernels, compiled once and posted to every worker; as bytes where an engine cannot post a compiled module. */
export interface CompiledKernels {
  readonly module: WebAssembly.Module
  readonly bytes: Uint8Array
}

/**
 * Compiles the kernels.
 *
 * @throws MtcnnError UNSUPPORTED_PLATFORM where there is no WebAssembly with SIMD, or a policy forbids it.
 */
export async function compileKernels(bytes: Uint8Array): Promise<CompiledKernels> {
  try {
    return { module: await WebAssembly.compile(bytes as Uint8Array<ArrayBuffer>), bytes }
  } catch (cause) {
    const hint = "a content security policy needs 'wasm-unsafe-eval' in script-src"
    throw new MtcnnError('UNSUPPORTED_PLATFORM', `WebAssembly with SIMD cannot be used here (${hint})`, { cause })
  }
}
