import type { IncomingMessage, ServerResponse } from 'node:http'

/** A person or machine that may log in to the simulated Jira. */
export interface Account {
  readonly name: string
  password: string
  readonly tokens: readonly string[]
  /** What Backbone lets the account do. */
  readonly role: 'system-administrator' | 'project-administrator' | 'none'
  /** For project administrators: their projects. */
  readonly projects: readonly string[]
}

export interface LogInOptions {
  /** Failed log-ins after which Jira asks for a captcha; Jira's own default is 3. */
  readonly failuresBeforeCaptcha: number
  readonly isBasicDisabled: boolean
  /** Answers wrong passwords as some Jira paths do: 200 for an anonymous visitor, the failure only in a header. */
  readonly isAnonymousAllowed: boolean
}

/** Jira's log-in by HTTP header, with its counter of failures for each account. */
export class LogIn {
  readonly #accounts: Map<string, Account>
  readonly #failures = new Map<string, number>()
  readonly #options: LogInOptions
  /** Every refused attempt since the start, captcha refusals included, by user name. */
  readonly refusedAttempts = new Map<string, number>()

  constructor(accounts: readonly Account[], options: LogInOptions) {
    this.#accounts = new Map(accounts.map((account) => [account.name, account]))
    this.#options = options
  }

  account(name: string): Account {
    const found = this.#accounts.get(name)
    if (found === undefined) throw new Error(`The simulated Jira has no account “${name}”`)
    return found
  }

  /** What a person does in the browser: clears the captcha of an account. */
  clearCaptcha(name: string): void {
    this.#failures.delete(name)
  }

  isCaptchaRequired(name: string): boolean {
    return (this.#failures.get(name) ?? 0) >= this.#options.failuresBeforeCaptcha
  }

  /**
   * Judges the request's `Authorization`. Answers the request itself and returns null where it is refused;
   * returns `anonymous` where Jira would go on without a user.
   */
  judge(request: IncomingMessage, response: ServerResponse, loginUrl: string): Account | 'anonymous' | null {
    const header = request.headers.authorization ?? ''
    if (header.startsWith('Bearer ')) {
      const token = header.slice('Bearer '.length)
      const owner = [...this.#accounts.values()].find((account) => account.tokens.includes(token))
      return owner ? this.#accept(response, owner) : this.#reject(response, 'token')
    }
    if (!header.startsWith('Basic ')) {
      if (this.#options.isAnonymousAllowed) return 'anonymous'
      response.writeHead(401, { 'WWW-Authenticate': 'OAuth realm="jira"', 'Content-Type': 'text/html;charset=UTF-8' })
      response.end(LOGIN_PAGE)
      return null
    }
    if (this.#options.isBasicDisabled) {
      response.writeHead(403, { 'Content-Type': 'text/plain;charset=UTF-8' })
      response.end('Basic Authentication has been disabled on this instance.')
      return null
    }
    const decoded = Buffer.from(header.slice('Basic '.length), 'base64').toString('utf8')
    const colon = decoded.indexOf(':')
    const name = decoded.slice(0, Math.max(colon, 0))
    const account = this.#accounts.get(name)
    if (this.isCaptchaRequired(name)) {
      this.#count(name)
      response.writeHead(403, {
        'X-Seraph-LoginReason': 'AUTHENTICATION_DENIED',
        'X-Authentication-Denied-Reason': `CAPTCHA_CHALLENGE; login-url=${loginUrl}`,
        'Content-Type': 'text/html;charset=UTF-8',
      })
      response.end(LOGIN_PAGE)
      return null
    }
    if (account === undefined || account.password !== decoded.slice(colon + 1)) return this.#reject(response, name)
    this.#failures.delete(name)
    return this.#accept(response, account)
  }

  #accept(response: ServerResponse, account: Account): Account {
    response.setHeader('X-Seraph-LoginReason', 'OK')
    response.setHeader('X-AUSERNAME', encodeURIComponent(account.name))
    return account
  }

  #reject(response: ServerResponse, name: string): 'anonymous' | null {
    this.#count(name)
    this.#failures.set(name, (this.#failures.get(name) ?? 0) + 1)
    response.setHeader('X-Seraph-LoginReason', 'AUTHENTICATED_FAILED')
    if (this.#options.isAnonymousAllowed) return 'anonymous'
    response.writeHead(401, { 'WWW-Authenticate': 'OAuth realm="jira"', 'Content-Type': 'text/html;charset=UTF-8' })
    response.end(LOGIN_PAGE)
    return null
  }

  #count(name: string): void {
    this.refusedAttempts.set(name, (this.refusedAttempts.get(name) ?? 0) + 1)
  }
}

const LOGIN_PAGE =
  '<!DOCTYPE html><html><head><title>Log in - Jira</title></head><body><form id="login-form"></form></body></html>'
