import type { AppErrorData, ErrorCode } from '#contract/errors.ts'
import { storageWords } from './storage-words.ts'

const ANSWER_LOST: readonly ErrorCode[] = [
  'net.timeout',
  'net.aborted',
  'http.server-error',
  'http.unexpected-body',
  'http.body-too-large',
]

/** A failure that the user is told about. Everything in `data` may be shown and logged. */
export class AppError extends Error {
  readonly data: AppErrorData
  #isAnswerLost = false

  constructor(code: ErrorCode, message: string, more: Omit<AppErrorData, 'code' | 'message'> = {}) {
    super(message)
    this.name = 'AppError'
    this.data = { ...more, code, message }
  }

  /**
   * For a write: true when the request may have taken effect although no usable answer came. Then the truth
   * is found by reading, never by sending again.
   */
  get isAnswerLost(): boolean {
    return this.#isAnswerLost || ANSWER_LOST.includes(this.code)
  }

  /** The same failure, marked as one in which the request may have reached the server. */
  withLostAnswer(): this {
    this.#isAnswerLost = true
    return this
  }

  get code(): ErrorCode {
    return this.data.code
  }
}

/** For a write of which reading did not show either whether it took effect. `lost` is why there is no answer. */
export function outcomeUnknown(lost: AppError, message: string, advice: string): AppError {
  return new AppError(lost.code, message, { ...lost.data, advice, isOutcomeUnknown: true })
}

/** Turns whatever was thrown into data for the user; the unforeseen becomes `internal`, without its inner words. */
export function toErrorData(thrown: unknown): AppErrorData {
  if (thrown instanceof AppError) return thrown.data
  const words = storageWords(thrown)
  if (words !== null) {
    return {
      code: 'storage.failed',
      message: `Syncdeck’s data on this computer cannot be used: ${words}.`,
      advice: 'Nothing was changed. See to the disk that holds it, and try again.',
    }
  }
  return {
    code: 'internal',
    message: 'Syncdeck met a fault of its own.',
    advice: 'Try again; if it stays, the log file tells more.',
  }
}
