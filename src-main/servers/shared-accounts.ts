import { createHmac, randomBytes } from 'node:crypto'
import type { ServerId } from '#contract/ids.ts'
import type { BlockReason } from '#contract/credentials.ts'
import type { Clock } from '../clock.ts'
import { calledOff } from '../errors/called-off.ts'
import type { Account, AccountTurn } from '../http/account.ts'
import { AdmissionQueue } from '../http/admission-queue.ts'
import { MIN_ATTEMPT_INTERVAL_MS } from '../http/attempt-pause.ts'
import type { AuthGate } from '../http/auth-gate.ts'
import type { Credential } from '../http/credential.ts'
import type { Finding } from '../http/gate-pass.ts'
import type { StoredBlock, StoredServer } from '../storage/server-table.ts'
import { keyOf, serversOf, type Identity } from './identity.ts'
import type { ServerRegistry } from './server-registry.ts'

export interface SharedAccountsOptions {
  readonly clock: Pick<Clock, 'now' | 'elapsed'>
  readonly registry: Pick<ServerRegistry, 'all' | 'find'>
  readonly gate: (serverId: ServerId) => Pick<AuthGate, 'block' | 'foresee' | 'reset'>
  /** Rejects if there is no usable credential. */
  readonly credential: (server: StoredServer) => Promise<Credential>
}

/**
 * Anything else that closes a gate is a state of the server or of the account, and may be over when another entry has
 * to log in.
 */
const ABOUT_PASSWORDS: ReadonlySet<BlockReason> = new Set(['rejected', 'unanswered', 'cut-off', 'overlong'])

/** If a keychain did not return a password, it is asked again after this time. */
const ASKED_AGAIN_AFTER_MS = 60_000

/** What happened to a password, and when. */
interface Met {
  readonly block: StoredBlock
  readonly moment: number
  /** In terms of `elapsed`. */
  readonly at: number
}

/**
 * Several entries of the list may log in to one Jira as one user, for example with other project keys. Their passwords
 * go one at a time, and one that was refused, or whose answer was lost, is not tried for another entry: a changed
 * password costs the account one refusal, not one per entry.
 */
export class SharedAccounts {
  readonly #options: SharedAccountsOptions
  /** Those waiting while one of an account's passwords is under way. */
  readonly #underWay = new Map<string, AdmissionQueue<() => void>>()
  /** What happened to passwords of accounts, by a fingerprint that means nothing outside this process. */
  readonly #met = new Map<string, Met>()
  /** By server: the moment at which the user entered its password, if nothing was found against the account since. */
  readonly #entered = new Map<string, number>()
  /** By server: when its password could not be read, in epoch ms. */
  readonly #unreadAt = new Map<string, number>()
  /** Rises with each event whose order matters. */
  #moment = 0
  readonly #salt = randomBytes(32)
  /** Called when no password is under way any more; null until all is being closed. */
  #onQuiet: (() => void) | null = null

  constructor(options: SharedAccountsOptions) {
    this.#options = options
  }

  /** The account that a server's present credential belongs to, whenever it is asked. */
  of(serverId: ServerId): Account {
    return { enter: (signal) => this.#enter(serverId, signal) }
  }

  /**
   * The account of a password that was only typed: it waits for its turn, and is sent whatever happened to others
   * before the user asked for it. What it meets concerns the servers that store the same one.
   */
  ofTyped(identity: Identity): Account {
    return {
      enter: async (signal) => {
        const leave = await this.#turnOf(keyOf(identity), signal)
        const began = (this.#moment += 1)
        return {
          leave,
          blockFor: (password, { deliberateSince }) =>
            Promise.resolve(this.#metSince(deliberateSince, identity, password)),
          settled: (...result) => this.#settled({ identity, began, serverId: null }, ...result),
        }
      },
    }
  }

  /** The user entered the password of a server: it is tried, unless it was refused a moment ago. */
  entered(serverId: ServerId): void {
    this.#entered.set(serverId, (this.#moment += 1))
  }

  /**
   * A server is about to get another password, or to leave the list: what its gate found out about the one it has,
   * maybe before the start, is kept for the others. Never rejects.
   */
  async passOn(serverId: ServerId): Promise<void> {
    const { registry, gate } = this.#options
    const server = registry.find(serverId)
    const identity = server === null ? null : identityOf(server)
    const { block } = gate(serverId)
    if (server === null || identity === null || block === null || !ABOUT_PASSWORDS.has(block.reason)) return
    if (this.#serversOf(identity).length === 1) return
    const password = await this.#passwordOf(server)
    if (password === null || this.#metBy(identity, password) !== undefined) return
    // Anything not known by now was found before the start, and so before anything was entered.
    await this.#learn(identity, password, { block, moment: 0, at: Number.NEGATIVE_INFINITY })
  }

  /**
   * The password of a server was accepted: gates that it had closed are opened again, and each is reported. Never
   * rejects.
   */
  async proven(serverId: ServerId, onOpened: (serverId: ServerId) => void): Promise<void> {
    const { registry, gate } = this.#options
    const server = registry.find(serverId)
    const identity = server === null ? null : identityOf(server)
    const password = server === null ? null : await this.#passwordOf(server)
    if (identity === null || password === null) return
    this.#forget(identity, password)
    for (const { id } of await this.#thoseWith(identity, password)) {
      if (gate(id).block === null || gate(serverId).block !== null) continue
      gate(id).reset()
      onOpened(id)
    }
  }

  async #enter(serverId: ServerId, signal: AbortSignal): Promise<AccountTurn> {
    if (signal.aborted) throw calledOff()
    const server = this.#options.registry.find(serverId)
    const identity = server === null ? null : identityOf(server)
    if (identity === null) throw calledOff()
    const leave = await this.#turnOf(keyOf(identity), signal)
    const began = (this.#moment += 1)
    return {
      leave,
      blockFor: async (password, { isOnTrial, deliberateSince }) =>
        isOnTrial ? this.#metSince(deliberateSince, identity, password) : this.#blockFor(serverId, identity, password),
      settled: (...result) => this.#settled({ identity, began, serverId }, ...result),
    }
  }

  /** Lets no more passwords out, over any connection. Resolves when those under way have been answered. */
  async close(): Promise<void> {
    for (const waiting of this.#underWay.values()) waiting.refuseAll(calledOff())
    await new Promise<void>((resolve) => {
      this.#onQuiet = resolve
      if (this.#underWay.size === 0) resolve()
    })
  }

  async #turnOf(key: string, signal: AbortSignal): Promise<() => void> {
    if (this.#onQuiet !== null) throw calledOff()
    const waiting = this.#underWay.get(key)
    if (waiting !== undefined) return waiting.wait(signal)
    this.#underWay.set(key, new AdmissionQueue())
    return this.#leaving(key)
  }

  #leaving(key: string): () => void {
    let isOver = false
    return () => {
      if (isOver) return
      isOver = true
      const waiting = this.#underWay.get(key)
      if (waiting === undefined || waiting.isEmpty) {
        this.#underWay.delete(key)
        if (this.#underWay.size === 0) this.#onQuiet?.()
      } else waiting.admitOne(() => this.#leaving(key))
    }
  }

  async #blockFor(serverId: ServerId, identity: Identity, password: string): Promise<StoredBlock | null> {
    const met = this.#metBy(identity, password)
    const block = met?.block ?? (await this.#blockOf(identity, password))
    const entered = this.#entered.get(serverId)
    if (block === null || entered === undefined) return block
    // Refused, or its answer lost, since it was entered.
    if (met !== undefined && met.moment > entered) return block
    // A lost answer may have been a good one. A refusal was not, and a moment later would be one again.
    if (block.reason !== 'rejected' && block.reason !== 'captcha') return null
    const age = this.#options.clock.now() - block.lastAttemptAt
    return age >= 0 && age < MIN_ATTEMPT_INTERVAL_MS ? block : null
  }

  /** What the gates of its entries know about the account, or about this password. */
  async #blockOf(identity: Identity, password: string): Promise<StoredBlock | null> {
    const found = this.#serversOf(identity).flatMap((server) => {
      const { block } = this.#options.gate(server.id)
      return block === null ? [] : [{ server, block }]
    })
    // A captcha concerns the account, whatever the password.
    const captcha = found.find(({ block }) => block.reason === 'captcha')
    if (captcha !== undefined) return captcha.block
    // All at once: it takes half a minute until a keychain is known not to answer, and others wait for their turn.
    const passwords = await Promise.all(found.map(({ server }) => this.#readablePasswordOf(server)))
    return found.find((_, index) => passwords[index] === password)?.block ?? null
  }

  /**
   * For a while after it could not be read, null without asking: each request may carry a password, and each would wait
   * as long.
   */
  async #readablePasswordOf(server: StoredServer): Promise<string | null> {
    const { clock } = this.#options
    const since = clock.now() - (this.#unreadAt.get(server.id) ?? Number.NEGATIVE_INFINITY)
    if (since >= 0 && since < ASKED_AGAIN_AFTER_MS) return null
    const password = await this.#passwordOf(server)
    if (password === null) this.#unreadAt.set(server.id, clock.now())
    else this.#unreadAt.delete(server.id)
    return password
  }

  /** `serverId`: whose stored password it was; null for one that was only typed. */
  #settled(
    { identity, began, serverId }: { identity: Identity; began: number; serverId: ServerId | null },
    password: string,
    finding: Finding,
    block: StoredBlock | null,
  ): void {
    if (finding.kind === 'unsent' || finding.kind === 'blocked-elsewhere') return
    if (finding.kind === 'lost' && finding.mayGoAgain === true) return
    // A password entered while this one was under way still has to be tried.
    const own = serverId === null ? [] : [serverId]
    const ids = finding.kind === 'accepted' ? own : this.#serversOf(identity).map(({ id }) => id)
    for (const id of ids) if ((this.#entered.get(id) ?? began) < began) this.#entered.delete(id)
    if (finding.kind === 'accepted') return this.#forget(identity, password)
    const isLost = finding.kind === 'lost' || (finding.kind === 'inconclusive' && block !== null)
    const reason = isLost ? 'unanswered' : finding.kind === 'blocked' ? finding.reason : null
    if (reason === null || !ABOUT_PASSWORDS.has(reason)) return
    const now = this.#options.clock.now()
    // Its own gate does not know if another password was entered in the meantime.
    void this.#learn(identity, password, {
      block: block ?? { reason, since: now, attempts: 1, lastAttemptAt: now, loginUrl: null },
      moment: (this.#moment += 1),
      at: this.#options.clock.elapsed(),
    })
  }

  /** Tells their gates, for entries that need no log-in now, and for after a restart. Never rejects. */
  async #learn(identity: Identity, password: string, met: Met): Promise<void> {
    const fingerprint = this.#fingerprint(identity, password)
    this.#met.set(fingerprint, met)
    for (const { id } of await this.#thoseWith(identity, password)) {
      const isStillSo = this.#met.get(fingerprint) === met
      if (isStillSo && !this.#entered.has(id)) this.#options.gate(id).foresee(met.block)
    }
  }

  /** The servers of an account that log in with this password. */
  async #thoseWith(identity: Identity, password: string): Promise<StoredServer[]> {
    const { registry } = this.#options
    const servers = this.#serversOf(identity)
    const passwords = await Promise.all(servers.map((server) => this.#passwordOf(server)))
    // Another one may have been entered in the meantime.
    const isAsItWas = ({ id, credentialVersion }: StoredServer): boolean =>
      registry.find(id)?.credentialVersion === credentialVersion
    return servers.filter((server, index) => passwords[index] === password && isAsItWas(server))
  }

  #serversOf(identity: Identity): StoredServer[] {
    return serversOf(identity, this.#options.registry)
  }

  /** Null if it cannot be read; then it cannot be sent either. */
  async #passwordOf(server: StoredServer): Promise<string | null> {
    return this.#options.credential(server).then(
      ({ kind, secret }) => (kind === 'basic' ? secret : null),
      () => null,
    )
  }

  /**
   * This is called with each request of a server without sessions, and mostly there is nothing: then no fingerprint is
   * computed.
   */
  #metBy(identity: Identity, password: string): Met | undefined {
    return this.#met.size === 0 ? undefined : this.#met.get(this.#fingerprint(identity, password))
  }

  /** What happened to a password since the user asked for it; null if nobody did. */
  #metSince(asked: number | null, identity: Identity, password: string): StoredBlock | null {
    const met = asked === null ? undefined : this.#metBy(identity, password)
    return met !== undefined && met.at > (asked ?? 0) ? met.block : null
  }

  #forget(identity: Identity, password: string): void {
    if (this.#met.size > 0) this.#met.delete(this.#fingerprint(identity, password))
  }

  #fingerprint(identity: Identity, password: string): string {
    return createHmac('sha256', this.#salt)
      .update(`${keyOf(identity)} ${password}`)
      .digest('base64')
  }
}

/** Null for a server without a password. */
function identityOf({ baseUrl, credential }: StoredServer): Identity | null {
  return credential?.kind === 'basic' ? { baseUrl, ...credential } : null
}
