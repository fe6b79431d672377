import type { ServerId } from '#contract/ids.ts'
import type { Health, SynchronizationRow } from '#contract/synchronizations.ts'

export type HealthCounts = Readonly<Partial<Record<Health, number>>>

/** How many synchronizations of each server are in which health, kept up to date row by row. */
export class CountsByServer {
  readonly #counts = new Map<string, Map<Health, number>>()

  constructor(rows: Iterable<SynchronizationRow> = []) {
    for (const row of rows) this.replace(undefined, row)
  }

  /** `before` became `after`; either is absent if the row came or went. */
  replace(before: SynchronizationRow | undefined, after: SynchronizationRow | undefined): void {
    if (before !== undefined) this.#add(before, -1)
    if (after !== undefined) this.#add(after, 1)
  }

  of(serverId: ServerId): HealthCounts {
    return Object.fromEntries(this.#counts.get(serverId) ?? [])
  }

  #add({ serverId, health }: SynchronizationRow, count: number): void {
    const ofServer = this.#counts.get(serverId) ?? new Map<Health, number>()
    this.#counts.set(serverId, ofServer)
    ofServer.set(health, (ofServer.get(health) ?? 0) + count)
  }
}
