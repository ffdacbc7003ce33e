import { MtcnnError } from '../errors.ts'

/**
 * Fetches a weight container.
 *
 * @throws MtcnnError INVALID_WEIGHTS where the address does not answer with success.
 */
export async function fetchWeights(source: string | URL): Promise<Uint8Array> {
  try {
    const response = await fetch(source)
    if (!response.ok) throw new Error(`status ${response.status}`)
    return new Uint8Array(await response.arrayBuffer())
  } catch (cause) {
    throw new MtcnnError('INVALID_WEIGHTS', `could not fetch the weights from ${source}`, { cause })
  }
}
