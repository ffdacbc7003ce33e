import type { MtcnnErrorCode } from '../../src/shared/errors.ts'

/** Compiles only with every code that there is. */
export const CODES: Record<MtcnnErrorCode, true> = {
  INVALID_OPTION: true,
  INVALID_IMAGE: true,
  UNSUPPORTED_IMAGE: true,
  DECODE_FAILED: true,
  IMAGE_TOO_LARGE: true,
  MISSING_DEPENDENCY: true,
  INVALID_WEIGHTS: true,
  OUT_OF_MEMORY: true,
  UNSUPPORTED_PLATFORM: true,
  DISPOSED: true,
  WORKER_FAILED: true,
}
