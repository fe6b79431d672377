import { message } from '#contract/messages/message.ts'
import type { WriteAction } from '#contract/audit.ts'
import type { ServerId } from '#contract/ids.ts'
import type { BlockReason } from '#contract/credentials.ts'
import type { RateLimitState } from '#contract/servers.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import { BackboneApi, inBackground } from '../backbone/backbone-api.ts'
import { RefusedAnswers } from '../backbone/refused-answers.ts'
import { endedWithin, type Clock } from '../clock.ts'
import type { ClockJumps } from '../clock-jumps.ts'
import { AppError } from '../errors/app-error.ts'
import { calledOff } from '../errors/called-off.ts'
import { attemptNotNoted } from '../errors/not-noted.ts'
import type { Account } from '../http/account.ts'
import { AuthGate } from '../http/auth-gate.ts'
import { JiraClient } from '../http/jira-client.ts'
import type { Credential } from '../http/credential.ts'
import type { Network } from '../http/network.ts'
import { SentToOrigins } from '../http/sent-secrets.ts'
import type { SentSecret } from '../http/strike-secrets.ts'
import type { Session } from '../http/session.ts'
import { RateLimiter } from '../http/rate-limiter.ts'
import type { Transport } from '../http/transport.ts'
import { logFault } from '../logging/fault.ts'
import type { Logger } from '../logging/logger.ts'
import { Signal } from '../signal.ts'
import type { CredentialStore } from '../secrets/credential-store.ts'
import type { SettingsStore } from '../settings/settings-store.ts'
import type { ServerTable, StoredServer } from '../storage/server-table.ts'
import type { Certificates } from './certificates.ts'
import type { ConnectionLog } from './connection-log.ts'
import { PerServer } from './per-server.ts'
import { assertStillAt, placeOf, type Place } from './place.ts'
import { RetiringClients } from './retiring-clients.ts'
import type { ServerRegistry } from './server-registry.ts'
import type { Identity } from './identity.ts'
import { ServerSessions } from './server-sessions.ts'
import { SharedAccounts } from './shared-accounts.ts'

/** The connection to one server: its auth gate, and the API behind it. */
export interface Connection {
  readonly gate: AuthGate
  readonly api: BackboneApi
  /** The same API for background readings. */
  readonly background: BackboneApi
  /** For anonymous requests outside the API, and for the last answer. */
  readonly client: Pick<JiraClient, 'anonymously' | 'heardAnonymously' | 'lastAnswer'>
  readonly session: Session
}

export interface ConnectionsOptions {
  readonly registry: Pick<
    ServerRegistry,
    'all' | 'changed' | 'find' | 'get' | 'rememberSessionless' | 'rememberStartVerb'
  >
  readonly table: Pick<ServerTable, 'block' | 'setBlock'>
  readonly credentials: Pick<CredentialStore, 'get' | 'isInMemory'>
  readonly settings: Pick<SettingsStore, 'get'>
  readonly clock: Clock
  readonly jumps: Pick<ClockJumps, 'check' | 'noticed'>
  readonly random: () => number
  readonly audit: Pick<AuditLog, 'observer' | 'onDisk'>
  readonly log: Pick<ConnectionLog, 'add' | 'forget'>
  readonly certificates: Pick<Certificates, 'seen'>
  readonly logger: Logger
  /** Syncdeck was started with `--read-only`. */
  readonly isReadOnly: boolean
  readonly network: Pick<Network, 'transportFor'>
  /** Refuses to start anything on what looks like a copy of another Jira. */
  readonly copyGuard: {
    readonly heardServerInfo: (serverId: ServerId, body: string) => void
    readonly refusal: (serverId: ServerId, action: WriteAction) => AppError | null
  }
}

/** What is not needed for another address. */
const ABOUT_ADDRESSES: ReadonlySet<BlockReason> = new Set([
  'unanswered',
  'cut-off',
  'overlong',
  'intercepted',
  'another-user',
  'token-needed',
])

/** How long quitting waits for answers to log-ins, in ms. */
const LAST_ANSWERS_MS = 1_000

interface Open extends Connection {
  readonly client: JiraClient
  readonly transport: Transport
}

/**
 * One connection per server, kept as long as everything it is made of stays the same. The gate outlives changes of
 * address or certificates: only another credential, or the user's deliberate attempt, opens it. What is known about the
 * rate limit outlives them too.
 */
export class Connections {
  /** The state of a server's gate or session changed. */
  readonly accessChanged = new Signal<[serverId: ServerId]>()
  /** A password that had closed this server's gate was accepted for another entry of the account. */
  readonly reopened = new Signal<[serverId: ServerId]>()
  readonly rateLimitChanged = new Signal<[serverId: ServerId]>()
  readonly #options: ConnectionsOptions
  readonly #gates = new PerServer((serverId) => this.#makeGate(serverId))
  readonly #limiters = new PerServer((serverId) => this.#makeLimiter(serverId))
  readonly #sent: SentToOrigins
  readonly #open = new Map<string, Open>()
  readonly #sessions: ServerSessions
  readonly #retiring = new RetiringClients()
  readonly #accounts: SharedAccounts
  #isClosed = false

  constructor(options: ConnectionsOptions) {
    this.#options = options
    this.#sessions = new ServerSessions(options)
    this.#sessions.changed.on((serverId) => this.accessChanged.emit(serverId))
    this.#sent = new SentToOrigins(options.clock)
    this.#accounts = new SharedAccounts({
      clock: options.clock,
      registry: options.registry,
      gate: (serverId) => this.gate(serverId),
      credential: (server) => this.credential(server),
    })
    // Connections do not survive sleep.
    options.jumps.noticed.on(() => this.disconnectAll())
    options.registry.changed.on((change) => {
      switch (change.kind) {
        case 'updated':
          this.#updated(change.serverId, change.isAddressChanged)
          break
        case 'credential':
          // Requests under way carry the old one: later requests must not share their answers.
          this.#breakOff(change.serverId)
          this.#sessions.end(change.serverId)
          this.#accounts.entered(change.serverId)
          this.gate(change.serverId).reset()
          break
        case 'removed':
          if (change.serverId !== null) {
            this.#breakOff(change.serverId)
            this.#sessions.end(change.serverId)
            this.#gates.delete(change.serverId)
            this.#limiters.delete(change.serverId)
            this.#sent.keepOnly(options.registry.all().map(({ baseUrl }) => baseUrl))
            options.log.forget(change.serverId)
          }
          break
        case 'kept':
          this.gate(change.serverId).enteredAgain()
          break
        case 'added':
        case 'paused':
        case 'read-only':
        case 'reordered':
          break
      }
    })
  }

  gate(serverId: ServerId): AuthGate {
    return this.#gates.get(serverId)
  }

  /** The secrets that were sent to the Jira at an address in the bodies of requests. */
  sentTo(baseUrl: string): readonly SentSecret[] {
    return this.#sent.sentTo(baseUrl)
  }

  /** See `ServerSessions.get`. */
  session(serverId: ServerId): Session {
    return this.#sessions.get(serverId)
  }

  /**
   * Throws `server.unknown`, `server.moved` if the server is no longer at `place`, and `net.aborted` once all are being
   * closed.
   */
  get(serverId: ServerId, place: Place | null = null): Connection {
    assertStillAt(place, this.#options.registry.get(serverId))
    // What is about to be sent must not be broken off when the jump is noticed later.
    this.#options.jumps.check()
    const known = this.#open.get(serverId)
    if (known !== undefined) return known
    // Whatever closing interrupts might retry at once, and nobody would be left to record the result of its log-in.
    if (this.#isClosed) throw calledOff()
    const { registry, settings, clock, random, audit, log, certificates } = this.#options
    const server = registry.get(serverId)
    const transport = this.#options.network.transportFor(server, {
      onConnection: (connection) => log.add(serverId, connection),
      onCertificate: (seen) => certificates.seen(serverId, seen),
    })
    const gate = this.gate(serverId)
    const session = this.session(serverId)
    const client = new JiraClient({
      baseUrl: server.baseUrl,
      apiPath: server.apiPath,
      gate,
      session,
      account: this.#accounts.of(serverId),
      transport,
      credential: () => this.credential(registry.get(serverId)),
      limit: () => settings.get().requestsPerServer,
      clock,
      random,
      limiter: this.#limiters.get(serverId),
      sent: this.#sent.of(server.baseUrl),
      refuseWrite: ({ action }) => this.#refusal(serverId, action),
      onServerInfo: (body) => this.#options.copyGuard.heardServerInfo(serverId, body),
      onDisk: () => audit.onDisk(),
      onWrite: audit.observer(() => {
        const { id, name, credential } = registry.get(serverId)
        return {
          serverId: id,
          serverName: name,
          user: credential?.kind === 'token' ? 'token' : (credential?.user ?? ''),
          apiAddress: placeOf(server),
        }
      }),
    })
    const apiOptions = {
      refusedAnswers: new RefusedAnswers(clock),
      projectKeys: server.projectKeys,
      startVerb: () => registry.find(serverId)?.startVerb ?? null,
      rememberStartVerb: (verb: 'PUT' | 'POST') => {
        try {
          registry.rememberStartVerb(serverId, verb)
        } catch (error) {
          // The request has taken effect; the verb will be found out again.
          logFault(this.#options.logger, 'verb not remembered', error)
        }
      },
    } as const
    const api = new BackboneApi({ ...apiOptions, client })
    const background = new BackboneApi({ ...apiOptions, client: inBackground(client) })
    const open = { gate, api, background, client, session, transport }
    this.#open.set(serverId, open)
    return open
  }

  /** The account of a server's current credential, for a log-in over a separate connection. */
  account(serverId: ServerId): Account {
    return this.#accounts.of(serverId)
  }

  /** The account to which a password that was only typed would belong. */
  typedAccount(identity: Identity): Account {
    return this.#accounts.ofTyped(identity)
  }

  /** See `ServerSessions.useOnce`. */
  useOnce(session: Session, caPem: string): (by: Transport) => Promise<void> {
    return this.#sessions.useOnce(session, caPem)
  }

  /** See `SharedAccounts.passOn`. */
  passOn(serverId: ServerId): Promise<void> {
    return this.#accounts.passOn(serverId)
  }

  /** How long the server accepts no requests, in ms. */
  heldMs(serverId: ServerId): number {
    return this.#limiters.find(serverId)?.heldMs ?? 0
  }

  /** The server's rate limit, if it slows requests down. */
  rateLimit(serverId: ServerId): RateLimitState | null {
    return this.#limiters.find(serverId)?.state ?? null
  }

  /**
   * The stored credential of a server. Rejects with `auth.missing` or `vault.*`, and with `net.aborted` if it is no
   * longer that server's: the keychain may take its time, and return what was entered meanwhile, perhaps for another
   * host.
   */
  async credential(server: StoredServer): Promise<Credential> {
    if (server.credential === null) {
      throw new AppError('auth.missing', message('errors.noCredentials'), {
        advice: message('errors.noCredentialsAdvice'),
      })
    }
    const { kind, user, kept } = server.credential
    const secret = await this.#options.credentials.get(server.id, kept)
    if (this.#options.registry.find(server.id)?.credentialVersion !== server.credentialVersion) throw calledOff()
    return { kind, user, secret }
  }

  /** The same if it was used since the start; null if the keychain would have to be read. Never rejects. */
  async usedCredential(server: StoredServer): Promise<Credential | null> {
    return this.#options.credentials.isInMemory(server.id) ? this.credential(server).catch(() => null) : null
  }

  /** Aborts everything under way except log-ins, as before sleep and for another proxy; the next request reconnects. */
  disconnectAll(): void {
    this.#sessions.routeMayHaveChanged()
    for (const serverId of [...this.#open.keys()]) void this.#retire(serverId)
  }

  /**
   * Ends everything for good, within two seconds. Log-ins that are under way may take a moment to be answered, because
   * a lost answer would need the user; then sessions are ended on their servers.
   */
  async close(): Promise<void> {
    this.#isClosed = true
    for (const serverId of [...this.#open.keys()]) void this.#retire(serverId)
    // A connection test uses a connection of its own.
    const answered = this.#accounts.close()
    await Promise.all([
      this.#retiring.close(this.#options.clock, LAST_ANSWERS_MS),
      endedWithin(this.#options.clock, LAST_ANSWERS_MS, answered),
    ])
    await this.#sessions.close()
    for (const gate of this.#gates.values()) gate.rest()
  }

  #makeGate(serverId: ServerId): AuthGate {
    const { registry, table, clock, logger } = this.#options
    const version = (): number => registry.find(serverId)?.credentialVersion ?? 0
    const gate = new AuthGate({
      clock,
      store: {
        load: () => table.block(serverId, version()),
        save: (block) => {
          if (registry.find(serverId) === null) return null
          try {
            table.setBlock(serverId, version(), block)
            return null
          } catch (error) {
            logFault(logger, 'block not stored', error)
            return attemptNotNoted(error)
          }
        },
      },
    })
    gate.changed.on(() => this.accessChanged.emit(serverId))
    gate.proven.on(() => void this.#accounts.proven(serverId, (other) => this.reopened.emit(other)))
    return gate
  }

  #makeLimiter(serverId: ServerId): RateLimiter {
    const limiter = new RateLimiter(this.#options)
    limiter.changed.on(() => this.rateLimitChanged.emit(serverId))
    return limiter
  }

  #refusal(serverId: ServerId, action: WriteAction): AppError | null {
    const { isReadOnly, registry, copyGuard } = this.#options
    if (isReadOnly) return new AppError('app.read-only', message('errors.readOnly.all'))
    const server = registry.get(serverId)
    return server.isReadOnly
      ? new AppError('app.read-only', message('errors.readOnly.server', { name: server.name }))
      : copyGuard.refusal(serverId, action)
  }

  #updated(serverId: ServerId, isAddressChanged: boolean): void {
    const gate = this.gate(serverId)
    const isDropped = this.#options.registry.get(serverId).credential === null
    if (isDropped) this.#breakOff(serverId)
    else void this.#retire(serverId)
    if (isAddressChanged) this.#sessions.end(serverId)
    else this.#sessions.authoritiesChanged(serverId)
    // What another address answered says nothing about this one: the user's change allows one more attempt.
    const { access } = gate
    const isAboutAddress = access.state === 'blocked' && ABOUT_ADDRESSES.has(access.reason)
    if (isDropped || (isAddressChanged && isAboutAddress)) gate.reset()
  }

  #breakOff(serverId: ServerId): void {
    this.#retiring.breakOff(serverId)
    this.#open.get(serverId)?.client.close()
    this.#open.delete(serverId)
  }

  async #retire(serverId: ServerId): Promise<void> {
    const client = this.#open.get(serverId)?.client
    this.#open.delete(serverId)
    if (client !== undefined) await this.#retiring.add(serverId, client)
  }
}
