import { describe, expect, it } from 'vitest'
import { MtcnnError } from '../../src/shared/errors.ts'
import { packError, unpackError } from '../../src/workers/protocol.ts'

describe('errors', () => {
  const crossed = (error: unknown) => unpackError(structuredClone(packError(error)))

  it('keep class, code and message', () => {
    const error = crossed(new MtcnnError('OUT_OF_MEMORY', 'too large'))
    expect(error).toBeInstanceOf(MtcnnError)
    expect(error).toMatchObject({ code: 'OUT_OF_MEMORY', message: 'too large', cause: { message: 'too large' } })
  })

  it('of other classes, and what is no error, become WORKER_FAILED', () => {
    const trap = new WebAssembly.RuntimeError('unreachable')
    const error = crossed(trap)
    expect(error).toMatchObject({ code: 'WORKER_FAILED', message: 'the worker failed: RuntimeError: unreachable' })
    expect((error.cause as Error).stack).toBe(trap.stack)
    expect(crossed('odd')).toMatchObject({ code: 'WORKER_FAILED', message: 'the worker failed: "odd"' })
    const unreadable = {
      toString() {
        throw new Error('no')
      },
    }
    expect(crossed(unreadable)).toMatchObject({
      code: 'WORKER_FAILED',
      message: expect.stringContaining('the worker failed: an object '),
    })
  })
})
