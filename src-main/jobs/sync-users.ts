import type { SyncAccount, SyncUser } from '#contract/jobs.ts'
import { maskUserinfo } from '#contract/masking.ts'
import type { SynchronizationRef, SynchronizationRow } from '#contract/synchronizations.ts'
import { sameName } from '../http/response-verdict.ts'
import { accountKey, plainAddress } from './one-first.ts'

type Row = Pick<SynchronizationRow, 'serverId' | 'key' | 'first' | 'second'>

/** Every sync user of these synchronizations, by name and address, with how many use it on which servers. */
export function syncUsersOf(rows: readonly Row[]): SyncUser[] {
  const found = new Map<string, { account: SyncAccount; counts: Map<string, number> }>()
  for (const row of rows) {
    const keys = new Map(sidesOf(row).map((account) => [accountKey(account), account]))
    for (const [key, account] of keys) {
      const { counts } = found.get(key) ?? { counts: new Map<string, number>() }
      counts.set(row.serverId, (counts.get(row.serverId) ?? 0) + 1)
      found.set(key, { account: found.get(key)?.account ?? account, counts })
    }
  }
  return [...found.values()]
    .map(({ account, counts }) => ({
      ...account,
      servers: [...counts].map(([serverId, count]) => ({ serverId, count })),
    }))
    .sort((a, b) => a.user.localeCompare(b.user) || a.baseUrl.localeCompare(b.baseUrl))
}

/** The synchronizations that log in as this user at one of these addresses. */
export function usersOf(rows: readonly Row[], user: string, baseUrls: readonly string[]): SynchronizationRef[] {
  const addresses = new Set(baseUrls.map(plainAddress))
  return rows
    .filter((row) =>
      sidesOf(row).some((side) => sameName(side.user, user) && addresses.has(plainAddress(side.baseUrl))),
    )
    .map(({ serverId, key }) => ({ serverId, key }))
}

function sidesOf({ first, second }: Row): SyncAccount[] {
  return [first, second].flatMap((side) =>
    side === null || side.user === '' ? [] : [{ user: side.user, baseUrl: maskUserinfo(side.baseUrl) }],
  )
}
