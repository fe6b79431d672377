import { message, type Message } from '#contract/messages/message.ts'
import type { AppErrorData, ErrorCode } from '#contract/errors.ts'
import { storageProblem } from './storage-problem.ts'
import { sayForLog } from '../text/say.ts'

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
  #wasLong = false
  #isServerAway = false

  /** `message` of the error itself is its words for the log. */
  constructor(code: ErrorCode, message: Message, more: Omit<AppErrorData, 'code' | 'message'> = {}) {
    super(sayForLog(message))
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

  /** It took a long answer to find this out, which costs the same each time. */
  get wasLong(): boolean {
    return this.#wasLong
  }

  /** The same failure, marked as that of a long answer. */
  ofLongAnswer(): this {
    this.#wasLong = true
    return this
  }

  /** The answer itself says that there is no server to fail over anything, or none for now (RFC 9110, 15.6.3, 15.6.4). */
  get isServerAway(): boolean {
    return this.#isServerAway
  }

  /** The same failure, marked as one of a server that is not there. */
  ofServerAway(): this {
    this.#isServerAway = true
    return this
  }

  get code(): ErrorCode {
    return this.data.code
  }
}

/** For a write whose outcome a reading could not determine either. `lost` says why there is no answer. */
export function outcomeUnknown(lost: AppError, message: Message, advice: Message): AppError {
  return new AppError(lost.code, message, { ...lost.data, advice, isOutcomeUnknown: true })
}

/** Turns anything thrown into data for the user; unforeseen errors become `internal`, without their own message. */
export function toErrorData(thrown: unknown): AppErrorData {
  if (thrown instanceof AppError) return thrown.data
  const reason = storageProblem(thrown)
  if (reason !== null) {
    return {
      code: 'storage.failed',
      message: message('errors.storage.unusable', { reason }),
      advice: message('errors.storage.advice'),
    }
  }
  return {
    code: 'internal',
    message: message('errors.internal.message'),
    advice: message('errors.internal.advice'),
  }
}
