import type { ServerId } from '#contract/ids.ts'

/**
 * How many synchronizations each pair of servers has in common, by the identity that a synchronization shares with its
 * copies. Costs one look-up per change.
 */
export class SharedIdentities {
  /** The servers that have a synchronization with this identity. */
  readonly #servers = new Map<string, Set<string>>()
  readonly #identities = new Map<string, Map<string, string>>()
  readonly #shared = new Map<string, Map<string, number>>()

  /** Takes the current synchronization; null if it has no identity or is gone. Returns false if nothing changed. */
  set(serverId: ServerId, key: string, identity: string | null): boolean {
    const ofServer = this.#identities.get(serverId) ?? new Map<string, string>()
    this.#identities.set(serverId, ofServer)
    const before = ofServer.get(key) ?? null
    if (before === identity) return false
    if (before !== null) {
      ofServer.delete(key)
      const servers = this.#servers.get(before)
      servers?.delete(serverId)
      if (servers?.size === 0) this.#servers.delete(before)
      for (const other of servers ?? []) this.#count(serverId, other, -1)
    }
    if (identity !== null) {
      ofServer.set(key, identity)
      const servers = this.#servers.get(identity) ?? new Set<string>()
      this.#servers.set(identity, servers)
      for (const other of servers) this.#count(serverId, other, 1)
      servers.add(serverId)
    }
    return true
  }

  removeServer(serverId: ServerId): void {
    for (const key of [...(this.#identities.get(serverId)?.keys() ?? [])]) this.set(serverId, key, null)
    this.#identities.delete(serverId)
  }

  /** The servers that share synchronizations with it, and how many each. */
  sharing(serverId: ServerId): ReadonlyMap<string, number> {
    return this.#shared.get(serverId) ?? new Map<string, number>()
  }

  #count(serverId: ServerId, other: string, by: 1 | -1): void {
    for (const [one, another] of [
      [serverId, other],
      [other, serverId],
    ] as const) {
      const counts = this.#shared.get(one) ?? new Map<string, number>()
      const count = (counts.get(another) ?? 0) + by
      if (count > 0) counts.set(another, count)
      else counts.delete(another)
      this.#shared.set(one, counts)
    }
  }
}
