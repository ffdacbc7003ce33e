import { readFileSync } from 'node:fs'
import { createContext, runInContext } from 'node:vm'
import { afterEach, describe, expect, it, vi } from 'vitest'
import version from '../../package.json?version'
import { stamped } from '../../rollup.config.js'
import { compileKernels, engineHas, isModule } from '../../src/assets/compile.ts'
import { chooseKernels, compileGiven } from '../../src/assets/kernels.ts'
import { rejection } from '../helpers/refusal.ts'

const build = (name: string) => readFileSync(new URL(`../../build/${name}.wasm`, import.meta.url))
const simd = new Uint8Array(stamped(build('mtcnn'), `${version} simd`))
const relaxed = new Uint8Array(stamped(build('mtcnn.relaxed'), `${version} relaxed-simd`))
const bytesOf = ([...bytes]: Iterable<number>) => Uint8Array.from(bytes)

afterEach(() => vi.restoreAllMocks())

/** An engine of which some modules are not to be had: those with the given opcodes behind the SIMD prefix. */
function withoutSimd(refused: (bytes: Uint8Array) => boolean): void {
  const { validate, compile } = WebAssembly
  vi.spyOn(WebAssembly, 'validate').mockImplementation((bytes) => !refused(bytes as Uint8Array) && validate(bytes))
  vi.spyOn(WebAssembly, 'compile').mockImplementation(async (bytes) => {
    if (refused(bytes as Uint8Array)) throw new WebAssembly.CompileError('no such instruction')
    return compile(bytes)
  })
}

describe('which kernels run', () => {
  it('the strict ones, unless fast is wanted and the engine has relaxed SIMD', () => {
    expect(chooseKernels('exact').kernels).toBe('simd')
    expect(chooseKernels('fast').kernels).toBe(engineHas('relaxed-simd') ? 'relaxed-simd' : 'simd')
    withoutSimd((bytes) => bytes.includes(133))
    expect(chooseKernels('fast')).toMatchObject({ kernels: 'simd', reason: expect.stringContaining('no relaxed SIMD') })
    vi.stubGlobal('WebAssembly', undefined)
    expect(engineHas('simd')).toBe(false)
    expect(chooseKernels('fast').kernels).toBe('simd')
    vi.unstubAllGlobals()
  })
})

describe('kernels of the caller', () => {
  it('are known by their stamp, as bytes or compiled', async () => {
    const fromBytes = await compileGiven(simd)
    expect(fromBytes.choice).toEqual({ kernels: 'simd', reason: "option 'module' holds them" })
    expect(fromBytes.kernels.bytes).toBe(simd)
    const compiled = await compileGiven(await WebAssembly.compile(simd))
    expect(compiled.choice.kernels).toBe('simd')
    expect(compiled.kernels.bytes).toBeUndefined()
    if (engineHas('relaxed-simd')) expect((await compileGiven(relaxed)).choice.kernels).toBe('relaxed-simd')
  })

  it('may be of another realm, compiled or not', async () => {
    const context = createContext({ bytes: simd })
    const module = runInContext('new WebAssembly.Module(bytes)', context)
    expect(module instanceof WebAssembly.Module).toBe(false)
    expect(isModule(module)).toBe(true)
    expect((await compileGiven(module)).kernels).toEqual({ module, bytes: undefined })
    expect((await compileKernels(module)).module).toBe(module)
    const foreign = runInContext('new Uint8Array(bytes)', context)
    expect((await compileGiven(foreign)).choice.kernels).toBe('simd')
  })

  it('that are damaged or cut off are told as that, wherever the fault is', async () => {
    const faults: Uint8Array[] = [
      simd.subarray(0, 8),
      simd.subarray(0, 5000),
      simd.subarray(0, -1),
      bytesOf([...simd, 0]),
    ]
    for (let at = 8; at < simd.length; at += 211) {
      const copy = simd.slice()
      copy[at]! ^= 0x11
      faults.push(copy)
    }
    for (const bytes of faults) {
      expect((await rejection(compileGiven(bytes))).code).toBe('INVALID_OPTION')
    }
  })

  it('that call themselves a module are refused', async () => {
    const fake = { [Symbol.toStringTag]: 'WebAssembly.Module' } as unknown as WebAssembly.Module
    expect((await rejection(compileGiven(fake))).code).toBe('INVALID_OPTION')
  })

  it('on an engine without SIMD: the platform is at fault, not the file', async () => {
    withoutSimd((bytes) => bytes.includes(253))
    const error = await rejection(compileGiven(simd))
    expect(error).toMatchObject({ code: 'UNSUPPORTED_PLATFORM', message: 'this engine has no WebAssembly with SIMD' })
  })

  it('on an engine without relaxed SIMD: the message names the file that runs', async () => {
    withoutSimd((bytes) => bytes.length === relaxed.length || bytes.includes(133))
    const error = await rejection(compileGiven(relaxed))
    expect(error).toMatchObject({ code: 'UNSUPPORTED_PLATFORM', message: expect.stringContaining('give mtcnn.wasm') })
  })

  it('where a policy forbids them: what the policy needs', async () => {
    vi.spyOn(WebAssembly, 'compile').mockRejectedValue(new WebAssembly.CompileError('blocked'))
    const error = await rejection(compileGiven(simd))
    expect(error).toMatchObject({ code: 'UNSUPPORTED_PLATFORM', message: expect.stringContaining('wasm-unsafe-eval') })
  })
})
