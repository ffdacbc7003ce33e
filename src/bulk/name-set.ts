import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import { ADDRESS } from './tree.ts'

/** Filled over this, the table grows. */
const FULL = 0.7

/**
 * A set of names that holds 64 bits of each: some 16 bytes of memory a name, whatever its length. Two names out of ten million have the
 * same bits once in 400,000 runs.
 */
export class NameSet {
  #table = new BigUint64Array(1 << 10)
  #count = 0

  get size(): number {
    return this.#count
  }

  /** @returns Whether it is new. */
  add(name: string): boolean {
    if (this.#count >= this.#table.length * FULL) this.#grow()
    return this.#insert(keyOf(name))
  }

  has(name: string): boolean {
    const key = keyOf(name)
    return this.#table[this.#slotOf(key)] === key
  }

  #insert(key: bigint): boolean {
    const slot = this.#slotOf(key)
    if (this.#table[slot] === key) return false
    this.#table[slot] = key
    this.#count++
    return true
  }

  /** Where a key is, or the free place for it. */
  #slotOf(key: bigint): number {
    const mask = this.#table.length - 1
    let slot = Number(key & 0xffff_ffffn) & mask
    while (this.#table[slot] !== 0n && this.#table[slot] !== key) slot = (slot + 1) & mask
    return slot
  }

  #grow(): void {
    const old = this.#table
    this.#table = new BigUint64Array(old.length * 2)
    this.#count = 0
    for (const key of old) if (key !== 0n) this.#insert(key)
  }
}

/** Never 0, which stands for a free place. A file is the same file by whatever path from the current folder. */
function keyOf(name: string): bigint {
  const whole = ADDRESS.test(name) || name === '-' ? name : resolve(name)
  // As UTF-16: halves of surrogate pairs, which stand for bytes, differ only there.
  return createHash('sha256').update(whole, 'utf16le').digest().readBigUInt64LE() || 1n
}
