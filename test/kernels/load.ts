/**
 * The kernels alone: a build of assembly/ in a memory of its own, and places in that memory for the tests to fill.
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { instantiateSync } from '@assemblyscript/loader'
import type { Kernels } from '../../src/wasm/abi.ts'
import type { Layers } from './layers.ts'

const GUARD = 64
const GUARD_BYTE = 0x5a
/** As a float32 of four such bytes it is NaN: what is read before it was written shows. */
const POISON = 0xff

/**
 * A running build. Places are taken one behind another, each between guard bytes; take all of them before looking at
 * any, since memory may move when it grows.
 */
export class Sandbox<Exports extends Kernels = Layers> {
  #end: number
  #guards: number[] = []

  constructor(
    readonly kernels: Exports,
    readonly memory: WebAssembly.Memory,
  ) {
    this.#end = kernels.heapBase()
  }

  /** Forgets all places. */
  clear(): this {
    this.#end = this.kernels.heapBase()
    this.#guards = []
    return this
  }

  #guard(): void {
    const need = this.#end + GUARD - this.memory.buffer.byteLength
    if (need > 0) this.memory.grow(Math.ceil(need / 65536) + 16)
    new Uint8Array(this.memory.buffer, this.#end, GUARD).fill(GUARD_BYTE)
    this.#guards.push(this.#end)
    this.#end += GUARD
  }

  /** A place of `bytes`, poisoned, at a multiple of 64 plus `shift`. */
  room(bytes: number, shift = 0): number {
    this.#end = Math.ceil(this.#end / 64) * 64
    this.#guard()
    const at = this.#end + shift
    this.#end = at + bytes
    this.#guard()
    new Uint8Array(this.memory.buffer, at, bytes).fill(POISON)
    return at
  }

  /** A place holding a copy of `values`, and `slack` bytes of it beyond, poisoned. */
  place(values: Float32Array | Int32Array | Uint8Array | Float64Array, slack = 0, shift = 0): number {
    const at = this.room(values.byteLength + slack, shift)
    this.bytes(at, values.byteLength).set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    return at
  }

  bytes(at: number, count: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, at, count)
  }

  floats(at: number, count: number): Float32Array {
    return new Float32Array(this.memory.buffer, at, count)
  }

  /** Throws where a kernel has written outside of its places. */
  expectIntact(): void {
    for (const at of this.#guards) {
      const wrong = this.bytes(at, GUARD).findIndex((byte) => byte !== GUARD_BYTE)
      if (wrong >= 0) throw new Error(`byte ${at + wrong}, ${wrong} into a guard zone, was overwritten`)
    }
  }
}

function text(memory: WebAssembly.Memory, pointer: number): string {
  if (pointer === 0) return ''
  const length = new DataView(memory.buffer).getUint32(pointer - 4, true)
  return new TextDecoder('utf-16le').decode(new Uint8Array(memory.buffer, pointer, length))
}

function start(name: string): { kernels: Layers; memory: WebAssembly.Memory } {
  const file = fileURLToPath(new URL(`../../build/${name}`, import.meta.url))
  const memory = new WebAssembly.Memory({ initial: 64, maximum: 65536 })
  const abort = (message: number, source: number, line: number, column: number) => {
    const what = text(memory, message) || 'assertion failed'
    throw new Error(`${what} at ${text(memory, source)}:${line}:${column}`)
  }
  const { exports } = instantiateSync<Layers & Record<string, unknown>>(readFileSync(file), { env: { memory, abort } })
  return { kernels: exports, memory }
}

/** The build with assertions and with the layers: every precondition is checked. */
export function debugBuild(): Sandbox<Layers> {
  const { kernels, memory } = start('mtcnn.debug.wasm')
  return new Sandbox(kernels, memory)
}

/** The build that ships. */
export function releaseBuild(): Sandbox<Kernels> {
  const { kernels, memory } = start('mtcnn.wasm')
  return new Sandbox<Kernels>(kernels, memory)
}
