import version from '../../package.json?version'
import { describe, MtcnnError } from '../shared/errors.ts'
import { latin1 } from '../shared/text.ts'
import { type CompiledKernels, compileKernels, engineHas, isModule, isValid } from './compile.ts'
import { crc32 } from './crc32.ts'

/** Which build of the kernels a detector runs, and why. */
export interface KernelChoice {
  /** `'simd'`: WebAssembly SIMD, the same bits on every engine. `'relaxed-simd'`: with fused multiply-adds. */
  readonly kernels: 'simd' | 'relaxed-simd'
  readonly reason: string
}

/** The one place where a build is chosen. */
export function chooseKernels(precision: 'exact' | 'fast'): KernelChoice {
  if (precision === 'exact') return { kernels: 'simd', reason: "precision is 'exact': the same bits on every engine" }
  return engineHas('relaxed-simd')
    ? { kernels: 'relaxed-simd', reason: "precision is 'fast', and the engine has relaxed SIMD" }
    : { kernels: 'simd', reason: "precision is 'fast', but the engine has no relaxed SIMD" }
}

/**
 * Compiles kernels of the caller, and reads which they are from what the build has stamped on them.
 *
 * @throws MtcnnError INVALID_OPTION for anything but this version's kernels, whole; UNSUPPORTED_PLATFORM where the engine
 * cannot run them, or as {@link compileKernels}.
 */
export async function compileGiven(
  source: WebAssembly.Module | Uint8Array,
): Promise<{ kernels: CompiledKernels; choice: KernelChoice }> {
  if (!isModule(source)) checkBytes(source)
  const compiled = await compileKernels(source)
  const [found = '', kernels, checksum] = stampOf(compiled.module)
  if (found !== version || (kernels !== 'simd' && kernels !== 'relaxed-simd')) {
    refuse(found ? `the kernels of ${found}: take the file from the same version` : 'another module')
  }
  if (!isModule(source) && checksumOf(source, [found, kernels, checksum].join(' ')) !== checksum) damaged(source)
  return { kernels: compiled, choice: { kernels, reason: "option 'module' holds them" } }
}

function refuse(got: string): never {
  const wanted = `mtcnn.wasm or mtcnn.relaxed.wasm of mtcnn-wasm ${version}`
  throw new MtcnnError('INVALID_OPTION', `option 'module' must be ${wanted}; got ${got}`)
}

/** What the engine does not take for a module is one with a fault, where the engine has all that ours need. */
function checkBytes(bytes: Uint8Array): void {
  if (String.fromCharCode(...bytes.subarray(0, 4)) !== '\0asm') refuse(`${describe(bytes)} of something else`)
  if (isValid(bytes) || !engineHas('simd')) return
  const text = latin1(bytes)
  if (text.includes(`${STAMP}${version} relaxed-simd`) && !engineHas('relaxed-simd')) {
    throw new MtcnnError('UNSUPPORTED_PLATFORM', 'this engine has no relaxed SIMD: give mtcnn.wasm as `module`')
  }
  damaged(bytes)
}

function damaged(bytes: Uint8Array): never {
  return refuse(`${describe(bytes)} that are damaged or not whole: take the file anew`)
}

/** Of all that lies before the stamp, a section at the very end; its head is id, two lengths and a name. */
function checksumOf(bytes: Uint8Array, stamp: string): string {
  const whole = crc32(bytes.subarray(0, bytes.length - stamp.length - STAMP.length - 3))
  return whole.toString(16).padStart(8, '0')
}

/** Version, build and checksum; empty where there is no stamp. */
function stampOf(module: WebAssembly.Module): string[] {
  let stamp: ArrayBuffer | undefined
  try {
    stamp = WebAssembly.Module.customSections(module, STAMP)[0]
  } catch {
    // An object that calls itself a module.
    refuse(describe(module))
  }
  return stamp ? latin1(new Uint8Array(stamp)).split(' ') : []
}

/** Name of the custom section; rollup.config.js writes it. */
const STAMP = 'mtcnn-wasm'
