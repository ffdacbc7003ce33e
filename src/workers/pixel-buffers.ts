import { checkBytes, type Pixels } from '../image/pixels.ts'
import { tagOf } from '../shared/errors.ts'
import { nextTask } from '../shared/next-task.ts'

/** Bytes copied in one task of the caller's thread, of all images together: one millisecond, or three in memory used for the first time. */
const PORTION_BYTES = 2 ** 21
/** The smallest buffer. */
const LEAST_BYTES = 2 ** 16
/** Buffers that nobody has used for so long are let go of. */
export const IDLE_MS = 10_000
/** What the largest image of late counts for after each further image: 1/4 after some ten of them. */
const FORGET = 7 / 8

/** Pixels that can be posted to a worker. */
export interface Loaded {
  /** Their bytes lie in memory that is shared, or that goes with the message. */
  readonly pixels: Pixels
  /** What has to be transferred with the message; empty where the memory is shared. */
  readonly transfer: ArrayBuffer[]
  /**
   * No worker needs the bytes any more. To be called once.
   *
   * @param returned - The buffer that was transferred, where the worker has given it back.
   */
  release(returned?: ArrayBuffer): void
}

/** Whether threads can share memory here: in Node, and in pages that are cross-origin isolated. */
export function sharesMemory(): boolean {
  const { crossOriginIsolated } = globalThis as { crossOriginIsolated?: boolean }
  return typeof SharedArrayBuffer !== 'undefined' && crossOriginIsolated !== false
}

/**
 * Buffers in which pixels go to workers. They are used again: the first use of memory takes several times as long as a copy.
 * There are as many as were ever needed at one time; those that are far larger than the images of late are let go of, and all
 * of them when no image has come for a while.
 */
export class PixelBuffers {
  /** Whether workers read the memory that is written here. */
  readonly shared: boolean
  #free: ArrayBufferLike[] = []
  #used = 0
  #copied = 0
  /** Bytes of the largest image of late. */
  #recent = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(shared = sharesMemory()) {
    this.shared = shared
  }

  /** Bytes of the buffers that wait to be used again. */
  get bytes(): number {
    return this.#free.reduce((sum, { byteLength }) => sum + byteLength, 0)
  }

  /**
   * Copies the bytes that are pixels into a buffer. What lies in shared memory already is taken as it is.
   *
   * @param pause - Lets a task pass, between portions; it may throw to stop the copy.
   * @throws MtcnnError INVALID_IMAGE where the bytes are gone, or go away during the copy; what `pause` throws.
   */
  async load(pixels: Pixels, pause: () => Promise<void>): Promise<Loaded> {
    const { data, width, height, channels, stride } = pixels
    if (this.shared && tagOf(data.buffer) === 'SharedArrayBuffer') return { pixels, transfer: [], release() {} }
    const length = stride * (height - 1) + width * channels
    const buffer = this.#take(length)
    const copy = new Uint8Array(buffer, 0, length)
    try {
      for (let start = 0; start < length; start += PORTION_BYTES) {
        const end = Math.min(start + PORTION_BYTES, length)
        while (this.#copied > 0 && this.#copied + end - start > PORTION_BYTES) await pause()
        checkBytes(pixels)
        copy.set(data.subarray(start, end), start)
        this.#count(end - start)
      }
    } catch (error) {
      this.#giveBack(buffer)
      throw error
    }
    return {
      pixels: { ...pixels, data: copy },
      transfer: this.shared ? [] : [buffer as ArrayBuffer],
      release: (returned) => this.#giveBack(this.shared ? buffer : returned),
    }
  }

  /** Bytes copied in this task. */
  #count(bytes: number): void {
    if (this.#copied === 0) {
      nextTask().then(() => {
        this.#copied = 0
      })
    }
    this.#copied += bytes
  }

  #take(bytes: number): ArrayBufferLike {
    clearTimeout(this.#timer)
    this.#used++
    this.#recent = Math.max(bytes, this.#recent * FORGET)
    this.#free.sort((a, b) => a.byteLength - b.byteLength)
    const place = this.#free.findIndex(({ byteLength }) => byteLength >= bytes)
    if (place >= 0) return this.#free.splice(place, 1)[0]!
    // In the place of the smallest, so that there are not more and more of them.
    this.#free.shift()
    const capacity = roomFor(bytes)
    return this.shared ? new SharedArrayBuffer(capacity) : new ArrayBuffer(capacity)
  }

  /** @param buffer - Undefined where it is lost. */
  #giveBack(buffer: ArrayBufferLike | undefined): void {
    this.#used--
    if (buffer) this.#free.push(buffer)
    const most = roomFor(4 * this.#recent)
    this.#free = this.#free.filter(({ byteLength }) => byteLength <= most)
    if (this.#used > 0) return
    this.#timer = setTimeout(() => this.#free.splice(0), IDLE_MS)
    // In Node it does not keep the process running.
    ;(this.#timer as { unref?(): void }).unref?.()
  }
}

/** In four steps from one power of two to the next, so that images of nearly the same size find room in the same buffer. */
function roomFor(bytes: number): number {
  const step = Math.max(LEAST_BYTES, 2 ** Math.ceil(Math.log2(bytes) - 3))
  return Math.ceil(bytes / step) * step
}
