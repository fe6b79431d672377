import { randomBytes } from 'node:crypto'
import type { Account } from './account.ts'

export interface SessionOptions {
  /** False: Jira never opens a session and knows none, as behind some single sign-on; there is nothing to log in to. */
  readonly hasSessions: boolean
  /**
   * Whether visitors without a name are given a session, as by Jira's pages; what keeps nothing of its visitor opens
   * none.
   */
  readonly givesVisitorsSessions: boolean
  /** How many random bytes an id has (Tomcat's `sessionIdLength`); Tomcat's own default is 16. */
  readonly sessionIdBytes: number
  /** How long a session lives unused, in milliseconds; Jira's own default is 5 hours. */
  readonly sessionIdleMs: number
  /** Whether a changed password ends the sessions opened with the old one; that differs between user directories. */
  readonly endsSessionsOnPasswordChange: boolean
}

/** What stands behind one `JSESSIONID`. Visitors without a name may have one too, so a cookie alone proves nothing. */
export interface Session {
  readonly id: string
  readonly account: Account | null
  readonly password: string
  usedAt: number
}

/** The sessions of one node. They are not replicated: another node, or the same after a restart, does not know them. */
export class Sessions {
  /** The ids given to users at log-in, oldest first: secrets, which tests look for where they must not be. */
  readonly issued: string[] = []
  readonly #sessions = new Map<string, Session>()
  readonly #options: SessionOptions
  readonly #route: string
  readonly #now: () => number

  /** `route` is what Tomcat's `jvmRoute` appends to each id, or empty. */
  constructor(options: SessionOptions, route: string, now: () => number) {
    this.#options = options
    this.#route = route
    this.#now = now
  }

  /** Null if there are none, or none for visitors. */
  open(account: Account | null): Session | null {
    if (!this.#options.hasSessions || (account === null && !this.#options.givesVisitorsSessions)) return null
    const id = `${randomBytes(this.#options.sessionIdBytes).toString('hex').toUpperCase()}${this.#route}`
    const session: Session = { id, account, password: account?.password ?? '', usedAt: this.#now() }
    this.#sessions.set(id, session)
    if (account !== null) this.issued.push(id)
    return session
  }

  /** The live session among these ids, which is thereby kept alive. */
  use(ids: readonly string[]): Session | null {
    for (const id of ids) {
      const session = this.#sessions.get(id)
      if (session === undefined) continue
      if (this.#isOver(session)) {
        this.#sessions.delete(id)
        continue
      }
      session.usedAt = this.#now()
      return session
    }
    return null
  }

  end(id: string): void {
    this.#sessions.delete(id)
  }

  /** Ends the sessions of a user, or all: what an administrator, a log-out elsewhere or a restart does. */
  endAll(user?: string): void {
    for (const [id, { account }] of this.#sessions)
      if (user === undefined || account?.name === user) this.#sessions.delete(id)
  }

  /** How many sessions of this user live. */
  count(user: string): number {
    return [...this.#sessions.values()].filter((session) => session.account?.name === user && !this.#isOver(session))
      .length
  }

  #isOver({ usedAt, account, password }: Session): boolean {
    if (this.#now() - usedAt >= this.#options.sessionIdleMs) return true
    return this.#options.endsSessionsOnPasswordChange && account !== null && account.password !== password
  }
}
