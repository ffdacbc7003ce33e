import { MtcnnError, tagOf } from '../shared/errors.ts'

/** Kernels, compiled once and posted to every worker; as bytes where an engine cannot post a compiled module. */
export interface CompiledKernels {
  readonly module: WebAssembly.Module
  /** Missing where the kernels came compiled. */
  readonly bytes: Uint8Array | undefined
}

// Modules of one function, to ask an engine what it has.
/** Returns i8x16.popcnt of a vector. */
const SIMD = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11,
]
/** Returns f32x4.relaxed_madd of three vectors. */
const RELAXED = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 19, 1, 17, 0, 65, 0, 253, 15, 65, 0, 253, 15, 65,
  0, 253, 15, 253, 133, 2, 11,
]

/** Whether this engine can run a build of the kernels. */
export function engineHas(feature: 'simd' | 'relaxed-simd'): boolean {
  return isValid(new Uint8Array(feature === 'simd' ? SIMD : RELAXED))
}

/** Whether this engine takes the bytes for a module; false where it has no WebAssembly at all. */
export function isValid(bytes: Uint8Array): boolean {
  return typeof WebAssembly === 'object' && WebAssembly.validate(bytes as Uint8Array<ArrayBuffer>)
}

/** By its tag and not by its class: modules come from other realms too. */
export function isModule(value: unknown): value is WebAssembly.Module {
  return tagOf(value) === 'WebAssembly.Module'
}

/**
 * Compiles the kernels.
 *
 * @throws MtcnnError UNSUPPORTED_PLATFORM where there is no WebAssembly with SIMD, or a policy forbids it.
 */
export async function compileKernels(source: WebAssembly.Module | Uint8Array): Promise<CompiledKernels> {
  if (isModule(source)) return { module: source, bytes: undefined }
  const bytes = source
  try {
    return { module: await WebAssembly.compile(bytes as Uint8Array<ArrayBuffer>), bytes }
  } catch (cause) {
    const reason = engineHas('simd')
      ? "WebAssembly cannot be compiled here: the content security policy needs 'wasm-unsafe-eval' in script-src (of an " +
        'extension: content_security_policy in manifest.json)'
      : 'this engine has no WebAssembly with SIMD'
    throw new MtcnnError('UNSUPPORTED_PLATFORM', reason, { cause })
  }
}
