import { join } from 'node:path'
import type { Page } from 'playwright-core'
import type { Bridge } from '../../src-contract/bridge.ts'
import { answeredSince, remember, WATCHED_MS } from '../../src-main/app/remember-past.ts'
import { systemClock } from '../../src-main/clock.ts'
import { ConflictService } from '../../src-main/conflicts/conflict-service.ts'
import { CacheDatabase } from '../../src-main/storage/cache-database.ts'
import { ConflictTable } from '../../src-main/storage/conflict-table.ts'
import { LongReadingTable } from '../../src-main/storage/long-reading-table.ts'
import { openCacheDatabase } from '../../src-main/storage/open-database.ts'
import { SynchronizationTable } from '../../src-main/storage/synchronization-table.ts'
import { TransitionTable } from '../../src-main/storage/transition-table.ts'
import { SynchronizationDirectory } from '../../src-main/synchronizations/synchronization-directory.ts'
import type { DemoServer, SimulatedJira } from '../../src-simulator/index.ts'

/** The servers by the ids that the window has given them. */
export async function inList(
  page: Page,
  servers: readonly Pick<DemoServer, 'name' | 'jira'>[],
): Promise<Map<string, SimulatedJira>> {
  const listed = await page.evaluate(async () => {
    const { request } = (globalThis as unknown as { readonly syncdeck: Bridge }).syncdeck
    const answer = (await request['servers:list']({})) as { readonly value: readonly { id: string; name: string }[] }
    return answer.value.map(({ id, name }) => ({ id, name }))
  })
  return new Map(
    listed.flatMap(({ id, name }) =>
      servers.flatMap((server) => (server.name === name ? [[id, server.jira] as const] : [])),
    ),
  )
}

/**
 * Gives the servers of a profile some days behind them, by id, as if they had been watched. Nobody else has the profile
 * open.
 */
export async function givePast(profile: string, servers: ReadonlyMap<string, SimulatedJira>): Promise<void> {
  const now = systemClock.now()
  const cache = new CacheDatabase(openCacheDatabase(join(profile, 'cache.db'), now).database)
  const [table, transitions] = [new SynchronizationTable(cache), new TransitionTable(cache)]
  for (const id of servers.keys()) {
    table.removeServer(id)
    transitions.removeServer(id)
  }
  const registry = { find: (id: string) => (servers.has(id) ? { id } : null) }
  const directory = new SynchronizationDirectory({
    table,
    transitions,
    registry,
    clock: systemClock,
    notes: { of: () => ({}) },
    maintenances: { of: () => null },
  })
  const conflicts = new ConflictService({
    table: new ConflictTable(cache),
    answers: new LongReadingTable(cache, 'conflicts'),
    connections: {
      get: () => {
        throw new Error('no server is asked')
      },
    },
    directory,
    clock: systemClock,
  })
  for (const [id, jira] of servers) {
    conflicts.removeServer(id)
    transitions.add(answeredSince(id, now - WATCHED_MS))
    for (const past of jira.past(now)) await remember({ directory, conflicts }, id, past, now)
  }
  cache.close()
}
