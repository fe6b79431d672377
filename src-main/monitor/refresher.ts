import type { Access } from '#contract/servers.ts'
import type { Reachability } from '../servers/reachability.ts'
import type { ServerRegistry } from '../servers/server-registry.ts'
import type { SynchronizationDirectory } from '../synchronizations/synchronization-directory.ts'

const MAX_INTERVAL_MS = 5 * 60_000
/** Between the first readings of two servers, at start and after sleep. */
const STAGGER_MS = 150

export interface RefresherOptions {
  readonly registry: ServerRegistry
  readonly directory: SynchronizationDirectory
  readonly reachability: Reachability
  readonly access: (serverId: string) => Access
  readonly intervalMs: () => number
  readonly random: () => number
}

/**
 * Reads every server now and then: one timer per server, with jitter, backing off while readings fail. A server whose
 * gate is closed, or that has no credential, has no timer until the user acts.
 */
export class Refresher {
  readonly #options: RefresherOptions
  readonly #timers = new Map<string, NodeJS.Timeout>()
  readonly #failures = new Map<string, number>()
  #isRunning = false

  constructor(options: RefresherOptions) {
    this.#options = options
    options.registry.onChange((change) => {
      if (change.kind === 'removed' && change.serverId !== null) this.#cancel(change.serverId)
      if (change.kind === 'credential' || change.kind === 'updated') this.#schedule(change.serverId, 0)
    })
  }

  /** Begins, or goes on after sleep, with all servers one after the other. */
  start(): void {
    this.#isRunning = true
    this.#options.registry.all().forEach(({ id }, index) => this.#schedule(id, index * STAGGER_MS))
  }

  stop(): void {
    this.#isRunning = false
    for (const serverId of [...this.#timers.keys()]) this.#cancel(serverId)
  }

  /** Reads now, because the user asked; the timer begins anew after it. */
  async refreshNow(serverId: string): Promise<void> {
    this.#cancel(serverId)
    await this.#refresh(serverId)
  }

  async refreshAll(): Promise<void> {
    await Promise.all(this.#options.registry.all().map(({ id }) => this.refreshNow(id)))
  }

  async #refresh(serverId: string): Promise<void> {
    const { directory, intervalMs, random } = this.#options
    const isGood = await directory.refresh(serverId)
    const failures = isGood ? 0 : (this.#failures.get(serverId) ?? 0) + 1
    this.#failures.set(serverId, failures)
    const base = Math.min(Math.max(MAX_INTERVAL_MS, intervalMs()), intervalMs() * 2 ** Math.max(0, failures - 1))
    this.#schedule(serverId, base * (0.9 + 0.2 * random()))
  }

  #schedule(serverId: string, delayMs: number): void {
    this.#cancel(serverId)
    const server = this.#options.registry.find(serverId)
    if (!this.#isRunning || server === null || server.credential === null) return
    if (this.#options.access(serverId).state === 'blocked') return
    const timer = setTimeout(() => void this.#refresh(serverId), delayMs)
    this.#timers.set(serverId, timer)
  }

  #cancel(serverId: string): void {
    clearTimeout(this.#timers.get(serverId))
    this.#timers.delete(serverId)
  }
}
