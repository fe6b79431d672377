import type { SyncAccount } from '#contract/jobs.ts'
import { message, type Message } from '#contract/messages/message.ts'
import type { Clock } from '../clock.ts'
import { AppError } from '../errors/app-error.ts'
import { AuthGate } from '../http/auth-gate.ts'
import { JiraClient } from '../http/jira-client.ts'
import type { Network } from '../http/network.ts'
import { notRemembered, Session } from '../http/session.ts'
import type { Connections } from '../servers/connections.ts'
import { mayHaveCounted, type LogInAttempts } from '../servers/log-in-attempts.ts'
import type { ServerRegistry } from '../servers/server-registry.ts'
import { plainAddress } from './one-first.ts'

/** The result of a sync user's log-in. `unchecked`: none was made; `refused`: Jira refused it, or may have. */
export type CheckEnd =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'unchecked'; readonly why: Message }
  | { readonly kind: 'refused'; readonly why: Message }

/** A resource that returns the current user; open to every Jira user, and requested for nothing else. */
const WHO_AM_I = '/rest/auth/1/session'

/**
 * If Jira has switched off a log-in method, that says nothing about a password; nor does a password that was no longer
 * sent because Syncdeck is quitting.
 */
const SAYS_NOTHING = new Set(['auth.method-off', 'auth.missing', 'net.aborted'])

export interface SyncUserLogInOptions {
  readonly registry: Pick<ServerRegistry, 'all'>
  readonly network: Pick<Network, 'transportFor'>
  readonly attempts: Pick<LogInAttempts, 'run'>
  readonly connections: Pick<Connections, 'typedAccount' | 'useOnce'>
  readonly clock: Clock
}

/**
 * Tries the password of a sync user by one log-in on its Jira, if that can be reached from here, once no other password
 * of that user is under way. It is sent over plain HTTP only if the user has allowed that for this address.
 */
export class SyncUserLogIn {
  readonly #options: SyncUserLogInOptions

  constructor(options: SyncUserLogInOptions) {
    this.#options = options
  }

  /** Never rejects with an `AppError`. */
  async check({ user, baseUrl }: SyncAccount, secret: string): Promise<CheckEnd> {
    const { registry, network, attempts, connections, clock } = this.#options
    const address = plainAddress(baseUrl)
    const server = registry.all().find((known) => plainAddress(known.baseUrl) === address)
    if (!URL.canParse(address)) return { kind: 'unchecked', why: message('errors.address.invalid') }
    if (!/^https:/i.test(address) && server?.allowPlainHttp !== true)
      return { kind: 'unchecked', why: message('errors.address.plain') }
    const caPem = server?.caPem ?? ''
    const transport = network.transportFor({ caPem })
    const identity = { baseUrl: server?.baseUrl ?? address, kind: 'basic', user } as const
    const gate = new AuthGate({ clock, store: { load: () => null, save: () => null } })
    const session = new Session({ baseUrl: new URL(address), clock, store: notRemembered() })
    const leave = connections.useOnce(session, caPem)
    const client = new JiraClient({
      baseUrl: address,
      apiPath: '',
      gate,
      session,
      account: connections.typedAccount(identity),
      transport,
      credential: () => Promise.resolve({ kind: 'basic', user, secret }),
      limit: () => 1,
      clock,
      random: Math.random,
      readTries: 1,
    })
    const isAccepted = (): boolean => gate.access.state === 'ok'
    try {
      await attempts.run(identity, isAccepted, () => client.read({ path: WHO_AM_I }))
      return isAccepted() ? { kind: 'accepted' } : { kind: 'unchecked', why: message('jobs.told.notChecked') }
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      if (isAccepted()) return { kind: 'accepted' }
      const { code, message: why } = error.data
      const isRefused = code === 'auth.too-soon' || (mayHaveCounted(error) && !SAYS_NOTHING.has(code))
      return { kind: isRefused ? 'refused' : 'unchecked', why }
    } finally {
      await leave(transport).finally(() => transport.close())
    }
  }
}
