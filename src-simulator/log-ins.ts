/** What Jira keeps about the log-ins of one user; `/rest/auth/1/session` shows a part of it as `loginInfo`. */
export interface LogInRecord {
  /** Log-ins with a correct password. A request with a session is not one; each request with a password is. */
  readonly succeeded: number
  /** Refused log-ins since the start, those that a captcha refused included. */
  readonly failed: number
  /** Refused log-ins since the last that succeeded; as many as `failuresBeforeCaptcha` bring the captcha. */
  readonly failedInARow: number
  /** The most refused log-ins in a row that there ever were. */
  readonly worstRow: number
  /** Epoch milliseconds, or null if there was none. */
  readonly lastFailedAt: number | null
  readonly lastSucceededAt: number | null
  /** The log-in before the last. */
  readonly previousSucceededAt: number | null
}

const NONE: LogInRecord = {
  succeeded: 0,
  failed: 0,
  failedInARow: 0,
  worstRow: 0,
  lastFailedAt: null,
  lastSucceededAt: null,
  previousSucceededAt: null,
}

/** Names of users are the same in any case of letters. */
export function spelled(name: string): string {
  return name.toLowerCase()
}

/** Jira's counters of log-ins by user name. All nodes of a cluster share them, for they are kept in the database. */
export class LogIns {
  readonly #records: Map<string, LogInRecord>
  readonly #failuresBeforeCaptcha: number
  readonly #now: () => number

  /** `restored`: a backup of whose database these are the counters. */
  constructor(failuresBeforeCaptcha: number, now: () => number, restored?: LogIns) {
    this.#records = new Map(restored === undefined ? [] : restored.#records)
    this.#failuresBeforeCaptcha = failuresBeforeCaptcha
    this.#now = now
  }

  of(name: string): LogInRecord {
    return this.#records.get(spelled(name)) ?? NONE
  }

  isCaptchaRequired(name: string): boolean {
    return this.of(name).failedInARow >= this.#failuresBeforeCaptcha
  }

  succeed(name: string): void {
    const record = this.of(name)
    this.#records.set(spelled(name), {
      ...record,
      succeeded: record.succeeded + 1,
      failedInARow: 0,
      lastSucceededAt: this.#now(),
      previousSucceededAt: record.lastSucceededAt,
    })
  }

  fail(name: string): void {
    const record = this.of(name)
    const failedInARow = record.failedInARow + 1
    this.#records.set(spelled(name), {
      ...record,
      failed: record.failed + 1,
      failedInARow,
      worstRow: Math.max(record.worstRow, failedInARow),
      lastFailedAt: this.#now(),
    })
  }

  /** What a person does by logging in with the captcha in the browser. */
  clearCaptcha(name: string): void {
    this.#records.set(spelled(name), { ...this.of(name), failedInARow: 0 })
  }
}
