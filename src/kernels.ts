import { MtcnnError } from './errors.ts'

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
