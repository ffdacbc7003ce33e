import { MtcnnError, tagOf } from '../shared/errors.ts'

/** Kernels, compiled once and posted to every worker; as bytes where an engine cannot post a compiled module. */
export interface CompiledKernels {
  readonly module: WebAssembly.Module
  /** Missing where the kernels came compiled. */
  readonly bytes: Uint8Array | undefined
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
    const hint = "a content security policy needs 'wasm-unsafe-eval' in script-src"
    throw new MtcnnError('UNSUPPORTED_PLATFORM', `WebAssembly with SIMD cannot be used here (${hint})`, { cause })
  }
}
