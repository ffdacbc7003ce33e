/**
 * What a wrong call answers with. Both fail where it answers with something else, or with an error of another class.
 */
import { expect } from 'vitest'
import { MtcnnError } from '../../src/shared/errors.ts'

/** The error that a call throws at once. */
export function refusal(act: () => unknown): MtcnnError {
  try {
    act()
  } catch (error) {
    return checked(error)
  }
  throw new Error('nothing was thrown')
}

/** The error that an answer is rejected with. */
export async function rejection(answer: PromiseLike<unknown>): Promise<MtcnnError> {
  try {
    await answer
  } catch (error) {
    return checked(error)
  }
  throw new Error('the answer was not rejected')
}

function checked(error: unknown): MtcnnError {
  expect(error).toBeInstanceOf(MtcnnError)
  return error as MtcnnError
}
