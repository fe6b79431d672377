import type { Account } from './account.ts'
import { spelled, type LogIns } from './log-ins.ts'
import type { ApiAnswer } from './request-body.ts'
import type { Session, Sessions } from './sessions.ts'

/** Seraph's ways to treat a request without a user: `os_authType` in the query, else the one for the path. */
export type AuthType = 'any' | 'basic' | 'cookie' | 'none'

export interface LogInOptions {
  readonly isBasicDisabled: boolean
  /** Visitors without a name may read. */
  readonly isAnonymousAllowed: boolean
  /**
   * A wrong password is served as a visitor, and only a header reports the failure, as in the Jira that Atlassian
   * hosts. A Data Center refuses it.
   */
  readonly servesRefused: boolean
  /**
   * What applies to the API if the query names no `os_authType`. `any`, as under `/rest`: an ended session is answered
   * 401. `none`, as for servlets: an ended session is nobody's.
   */
  readonly apiAuthType: AuthType
  /**
   * Secure administrator sessions: system administrators who come by session are asked for the password again, with 401
   * although the log-in is fine. Requests with their own password or token are not (nor project administrators).
   */
  readonly hasWebSudo: boolean
  /**
   * What they are answered: a redirect to the page that asks, as by a servlet, instead of 401, as by a REST resource
   * (both are in Atlassian's “Adding WebSudo support to your plugin”).
   */
  readonly webSudoRedirects: boolean
}

/** What the log-in inspects. */
export interface Knock {
  readonly authorization: string | undefined
  readonly sessionIds: readonly string[]
  readonly authType: AuthType
  /** The query says `os_authType`, whatever it says. */
  readonly asksAuthType: boolean
  /** Whether the path is administration, which web-sudo guards. */
  readonly isAdministration: boolean
  /** Below the context path. */
  readonly path: string
  readonly sessions: Sessions
}

/** Who a request is from. `opened` is a session that the answer must set as a cookie; `reason` is Seraph's. */
export type Visitor =
  | {
      readonly kind: 'user'
      readonly account: Account
      readonly by: 'password' | 'token' | 'session'
      readonly session: Session | null
      readonly opened: Session | null
      /** Other than `OK` where a password was refused, and a session let the request in. */
      readonly reason: LoginReason
    }
  | { readonly kind: 'anonymous'; readonly opened: Session | null; readonly reason: LoginReason | null }
  | {
      readonly kind: 'refused'
      readonly answer: ApiAnswer
      /** Null if Seraph itself refuses: it stands before what writes `X-AUSERNAME`. */
      readonly account: Account | null
      readonly opened: Session | null
      readonly reason: LoginReason | null
    }

/** Seraph's words in `X-Seraph-LoginReason`; of several, the first is reported. */
export type LoginReason = 'OK' | 'AUTHENTICATED_FAILED' | 'AUTHENTICATION_DENIED' | 'AUTHORISATION_FAILED'

/** The result of a user name with a password. */
export type Attempt = { readonly account: Account } | { readonly reason: Exclude<LoginReason, 'OK'> }

/** Jira's log-in: by password or token in the header of a request, or by the cookie of a session. */
export class LogIn {
  readonly logIns: LogIns
  /** Tokens that belong to nobody. Jira counts them against nobody. */
  refusedTokens = 0
  readonly #accounts: Map<string, Account>
  readonly #options: LogInOptions

  constructor(accounts: readonly Account[], logIns: LogIns, options: LogInOptions) {
    this.#accounts = new Map(accounts.map((account) => [spelled(account.name), account]))
    this.logIns = logIns
    this.#options = options
  }

  account(name: string): Account {
    const found = this.#accounts.get(spelled(name))
    if (found === undefined) throw new Error(`The simulated Jira has no account “${name}”`)
    return found
  }

  /** Copies of all accounts. */
  accounts(): Account[] {
    return [...this.#accounts.values()].map((account) => ({ ...account }))
  }

  /** What a person does in the browser: clears the captcha of an account. */
  clearCaptcha(name: string): void {
    this.logIns.clearCaptcha(name)
  }

  isCaptchaRequired(name: string): boolean {
    return this.logIns.isCaptchaRequired(name)
  }

  /** Tries a password, and counts it as a log-in that succeeded or failed, unless nobody has that name. */
  attempt(name: string, password: string): Attempt {
    const account = this.#accounts.get(spelled(name))
    if (account === undefined) return { reason: 'AUTHENTICATED_FAILED' }
    if (this.logIns.isCaptchaRequired(name)) {
      this.logIns.fail(name)
      return { reason: 'AUTHENTICATION_DENIED' }
    }
    if (account.password !== password || account.hasNoAccess === true) {
      this.logIns.fail(name)
      return { reason: account.password === password ? 'AUTHORISATION_FAILED' : 'AUTHENTICATED_FAILED' }
    }
    this.logIns.succeed(name)
    return { account }
  }

  /** Finds out who a request is from. The order is Seraph's: what the header proves comes before the session. */
  judge(knock: Knock, loginUrl: string): Visitor {
    const scheme = /^(\w+) /.exec(knock.authorization ?? '')?.[1]?.toLowerCase()
    const credential = knock.authorization?.slice((scheme?.length ?? 0) + 1) ?? ''
    const session = knock.sessions.use(knock.sessionIds)
    if (scheme === 'bearer') return this.#byToken(credential, session, knock, loginUrl)
    if (scheme === 'basic') return this.#byPassword(credential, session, knock, loginUrl)
    return this.#bySession(session, knock, loginUrl)
  }

  /** An unknown token continues as if there were none, and no login reason reports it. */
  #byToken(token: string, session: Session | null, knock: Knock, loginUrl: string): Visitor {
    // A token beside the cookie of a session that is over is refused for the cookie: pycontribs/jira, issue 1904.
    if (session === null && knock.sessionIds.length > 0) return refused(401, INVALID_COOKIE)
    const account = [...this.#accounts.values()].find(({ tokens }) => tokens.includes(token))
    if (account !== undefined) return user(account, 'token', session, knock.sessions)
    this.refusedTokens += 1
    return this.#bySession(session, knock, loginUrl)
  }

  /**
   * Two filters try a password. The first, Jira's own for log-ins, does so if the query names no `os_authType`, and
   * lets the request continue whatever the result. The second, Seraph's, looks for a session, and tries the password if
   * there is none, so a wrong one counts twice.
   */
  #byPassword(encoded: string, session: Session | null, knock: Knock, loginUrl: string): Visitor {
    if (this.#options.isBasicDisabled) return refused(403, 'Basic Authentication has been disabled on this instance.')
    const decoded = Buffer.from(encoded, 'base64').toString('latin1')
    const colon = Math.max(decoded.indexOf(':'), 0)
    const [name, password] = [decoded.slice(0, colon), decoded.slice(colon + 1)]
    const first = knock.asksAuthType || name === '' ? null : this.attempt(name, password)
    if (first !== null && 'account' in first) return user(first.account, 'password', session, knock.sessions)
    const served = session?.account ?? null
    if (served !== null)
      // Web-sudo sees a password and asks for none.
      return { kind: 'user', account: served, by: 'session', session, opened: null, reason: first?.reason ?? 'OK' }
    if (first !== null && this.#options.servesRefused)
      return { kind: 'anonymous', opened: knock.sessions.open(null), reason: first.reason }
    const second = this.attempt(name, password)
    if ('account' in second) return user(second.account, 'password', session, knock.sessions)
    const isDenied = second.reason === 'AUTHENTICATION_DENIED'
    return {
      ...refused(isDenied ? 403 : 401, errorPage(`Basic Authentication Failure - Reason : ${second.reason}`), {
        'WWW-Authenticate': 'OAuth realm="jira"',
        ...(isDenied && { 'X-Authentication-Denied-Reason': deniedReason(loginUrl) }),
      }),
      // The captcha is kept with a session.
      opened: isDenied && session === null ? knock.sessions.open(null) : null,
      reason: (first ?? second).reason,
    }
  }

  #bySession(session: Session | null, knock: Knock, loginUrl: string): Visitor {
    const { authType, sessionIds } = knock
    const account = session?.account ?? null
    if (account !== null) {
      const isAsked = this.#options.hasWebSudo && knock.isAdministration && account.role === 'system-administrator'
      if (isAsked) return { ...this.#askedAgain(knock, loginUrl), account, reason: 'OK' }
      return { kind: 'user', account, by: 'session', session, opened: null, reason: 'OK' }
    }
    if (authType === 'basic') return refused(401, '', { 'WWW-Authenticate': 'Basic realm="protected-area"' })
    if (session === null && authType === 'cookie')
      return refused(401, "os_authType was 'cookie' but no valid cookie was sent.")
    if (session === null && authType === 'any' && sessionIds.length > 0) return refused(401, INVALID_COOKIE)
    return { kind: 'anonymous', opened: session === null ? knock.sessions.open(null) : null, reason: null }
  }

  #askedAgain({ path }: Knock, loginUrl: string): Extract<Visitor, { kind: 'refused' }> {
    if (!this.#options.webSudoRedirects) return refused(401, 'This resource requires WebSudo.')
    const page = new URL('secure/admin/WebSudoAuthenticate!default.jspa', loginUrl)
    page.searchParams.set('webSudoDestination', path)
    return refused(302, '', { Location: page.pathname + page.search })
  }
}

/** The value of `X-Authentication-Denied-Reason` where a captcha is due. */
export function deniedReason(loginUrl: string): string {
  return `CAPTCHA_CHALLENGE; login-url=${loginUrl}`
}

function refused(
  status: number,
  text: string,
  headers: Record<string, string> = {},
): Extract<Visitor, { kind: 'refused' }> {
  return { kind: 'refused', answer: { status, text, headers }, account: null, opened: null, reason: null }
}

/**
 * A log-in keeps the session that is its user's already, and replaces any other: a fixed id is never raised to a user.
 */
function user(account: Account, by: 'password' | 'token', session: Session | null, sessions: Sessions): Visitor {
  if (session?.account?.name === account.name) return { kind: 'user', account, by, session, opened: null, reason: 'OK' }
  if (session !== null) sessions.end(session.id)
  const opened = sessions.open(account)
  return { kind: 'user', account, by, session: opened, opened, reason: 'OK' }
}

const INVALID_COOKIE = "os_authType was 'any' and an invalid cookie was sent."

const LOGIN_PAGE =
  '<!DOCTYPE html><html><head><title>Log in - Jira</title></head><body><form id="login-form"></form></body></html>'

/** Jira's page for errors. */
function errorPage(text: string): string {
  return `<!DOCTYPE html><html><head><title>Jira</title></head><body><div class="aui-message"><p>${text}</p></div></body></html>`
}

/** The answer to somebody who must log in first. */
export const NOBODY = refused(401, LOGIN_PAGE, { 'WWW-Authenticate': 'OAuth realm="jira"' })
