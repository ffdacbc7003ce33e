import { UsageError } from '../bulk/usage-error.ts'
import { MtcnnError } from '../shared/errors.ts'

/** Flags as given. A switch has true or false, any other flag its text. */
export type Values = Map<string, string | boolean>

/** Has the library judge options at once, so that a wrong one is found before the first file is read. */
export function judge(prefix: string, read: () => void): void {
  try {
    read()
  } catch (error) {
    if (error instanceof UsageError || error instanceof MtcnnError) throw new UsageError(`${prefix}${error.message}`)
    throw error
  }
}
