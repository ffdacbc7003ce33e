/** What a process holds, and whether it grows. */

/** Bytes. */
export interface Held {
  /** Of JavaScript. */
  heap: number
  /** Of buffers outside of it. */
  external: number
  /** Of WebAssembly memories of this thread that something still refers to. */
  wasm: number
  /** Of the whole process, workers too, as the operating system counts them. */
  process: number
}

/** Every WebAssembly memory of this thread, without keeping it. */
const memories: WeakRef<WebAssembly.Memory>[] = []

/** From now on memories are counted: before the library makes its first. */
export function watchMemories(): void {
  const Plain = WebAssembly.Memory
  WebAssembly.Memory = class extends Plain {
    constructor(descriptor: WebAssembly.MemoryDescriptor) {
      super(descriptor)
      memories.push(new WeakRef(this))
    }
  }
}

/** Memories that are left after everything nobody refers to is gone. */
export function liveMemories(): number[] {
  return memories.flatMap((reference) => reference.deref()?.buffer.byteLength ?? [])
}

/** Lets go of what nobody refers to. What finalizers and messages hold goes with a later turn, so more than once. */
export async function collect(): Promise<void> {
  if (!global.gc) throw new Error('run with node --expose-gc, as npm run soak does')
  for (let n = 0; n < 4; n++) {
    await new Promise((resolve) => setImmediate(resolve))
    global.gc()
  }
}

/** Milliseconds for what is on its way to be let go of: on a busy machine the engine's own threads hold it a little longer. */
const PATIENCE_MS = 2000
/** Bytes by which buffers may differ without a wait: a page. */
const PAGE = 2 ** 16

/**
 * What is held now. Where that is more than before, it is looked at again until it is not, or patience is at its end: what
 * stays for good is still there then.
 */
export async function held(before?: Held): Promise<Held> {
  const end = performance.now() + PATIENCE_MS
  for (;;) {
    await collect()
    const { heapUsed, external, rss } = process.memoryUsage()
    const wasm = liveMemories().reduce((sum, bytes) => sum + bytes, 0)
    const grown = before !== undefined && (wasm > before.wasm || external > before.external + PAGE)
    if (!grown || performance.now() > end) return { heap: heapUsed, external, wasm, process: rss }
  }
}

/** What the straight line closest to these values, one after another, rises by from the first to the last. */
export function rise(values: readonly number[]): number {
  const count = values.length
  const middle = (count - 1) / 2
  const mean = values.reduce((sum, value) => sum + value, 0) / count
  let along = 0
  let square = 0
  values.forEach((value, n) => {
    along += (n - middle) * (value - mean)
    square += (n - middle) ** 2
  })
  return square === 0 ? 0 : (along / square) * (count - 1)
}
