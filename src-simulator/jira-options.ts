import type { Account } from './account.ts'
import type { BackboneOptions } from './backbone-api.ts'
import type { ClusterOptions } from './cluster.ts'
import type { JiraNetwork } from './jira-network.ts'
import type { LogInOptions } from './log-in.ts'
import type { RateLimitOptions } from './rate-limit.ts'
import type { SessionOptions } from './sessions.ts'

export interface JiraOptions
  extends Partial<BackboneOptions>, Partial<LogInOptions>, Partial<SessionOptions>, Partial<ClusterOptions> {
  /** The same seed gives the same synchronizations and the same fate of each task. */
  readonly seed?: number
  readonly synchronizations?: number
  /** Jira's context path, as `/jira`; empty for none. */
  readonly contextPath?: string
  readonly accounts?: readonly Account[]
  /** Failed log-ins in a row after which Jira asks for a captcha; Jira's own default is 3. */
  readonly failuresBeforeCaptcha?: number
  readonly latencyMs?: number
  readonly rateLimit?: RateLimitOptions
  /** Key and certificate, PEM; given, the server speaks HTTPS. */
  readonly tls?: { readonly key: string; readonly cert: string }
  /** The loopback address to listen on; default 127.0.0.1. */
  readonly host?: string
  /** 0 picks a free one. */
  readonly port?: number
  /** False: a Jira on which the app is not installed. */
  readonly hasBackbone?: boolean
  /** True: a single sign-on in front redirects everything that is not signed in. */
  readonly hasSingleSignOn?: boolean
  /** A reverse proxy in front removes `Cookie` from every request, or `Set-Cookie` from every answer. */
  readonly strippedCookies?: 'requests' | 'answers'
  /** What Tomcat calls the cookie of a session (`sessionCookieName`); default `JSESSIONID`. */
  readonly sessionCookieName?: string
  /**
   * True: a reverse proxy in front takes `X-AUSERNAME` and `X-Seraph-LoginReason` out of every answer; or only the
   * latter; or all headers that begin with `X-`.
   */
  readonly stripsUserHeaders?: boolean | 'reason' | 'all'
  /** True: a reverse proxy in front takes the query out of every address. */
  readonly dropsQueries?: boolean
  /**
   * The Jiras that this one's synchronizations reach, itself included; without it they reach none, and never log in.
   */
  readonly network?: JiraNetwork
  /**
   * How often running synchronizations log in, in milliseconds; default is only when they start, and when a test says
   * so.
   */
  readonly syncEveryMs?: number
  /**
   * The base URL that Jira reports for itself, such as another one's after a restore from its backup; default is its
   * address.
   */
  readonly statedBaseUrl?: string
  /** Epoch milliseconds, for sessions and the rate limit; default is the machine's clock. */
  readonly now?: () => number
}

/** A request as the simulator saw it. Holds no credential. */
export interface SeenRequest {
  readonly method: string
  readonly path: string
  readonly body: string
  /** The user it named or was let in as; `token` for a token that belongs to nobody. */
  user: string | null
  /** What it was let in by; if it was not, what it brought. */
  by: 'password' | 'token' | 'session' | null
  /** The node that answered. */
  readonly node: string
  status: number
}
