import { expect, it } from 'vitest'
import { until } from '../../tools/until.ts'
import { startMain } from '../support/services.ts'

const HOUR = 3_600_000

it('a demonstration begins with some days behind it: strips, times and counts agree, and none of it is news', async () => {
  const main = startMain()
  await main.ask('demo:start', {})
  const before = await main.rows()
  expect(before).toHaveLength(189)
  const refs = before.map(({ serverId, key }) => ({ serverId, key }))
  const { strips } = await main.ask('history:strips', { refs })
  before.forEach((row, index) => {
    const strip = strips[index] ?? []
    expect(strip.every((health) => health !== null)).toBe(true)
    // The last cell has the present state; what began before the first has no other.
    expect(strip.at(-1)).toBe(row.health)
    if (Date.now() - (row.since ?? 0) > 25 * HOUR) expect(new Set(strip)).toEqual(new Set([row.health]))
  })
  expect(before.filter(({ health }) => health === 'error').every(({ isSinceSeen }) => isSinceSeen)).toBe(true)
  expect(strips.filter((strip) => new Set(strip).size > 1).length).toBeGreaterThan(20)

  const servers = await main.ask('servers:list', {})
  for (const { id } of servers) {
    const { transitions } = await main.ask('history:timeline', { serverId: id, key: null })
    expect(transitions).toHaveLength(1)
    expect(Date.now() - (transitions[0]?.at ?? 0)).toBeGreaterThan(5 * 24 * HOUR)
  }

  const { conflicts } = await main.ask('conflicts:list', {})
  const isOld = ({ firstSeenAt }: { firstSeenAt: number }): boolean => Date.now() - firstSeenAt > 24 * HOUR
  expect([conflicts.some(isOld), conflicts.every(isOld)]).toEqual([true, false])
  for (const conflict of conflicts) expect(conflict.seenAt !== null).toBe(isOld(conflict))
  expect(conflicts.some(({ goneAt }) => goneAt !== null)).toBe(true)

  await main.ask('synchronizations:refresh', { serverId: null })
  await until('all servers are read', async () =>
    (await main.ask('servers:list', {})).every(({ reach }) => reach.state === 'reachable' && !reach.isAsking),
  )
  // What the servers say by now is as it was remembered, but for what has drifted since.
  const after = new Map((await main.rows()).map((row) => [`${row.serverId} ${row.key}`, row]))
  const kept = before.filter(({ serverId, key, since }) => after.get(`${serverId} ${key}`)?.since === since)
  expect(kept.length).toBeGreaterThan(180)
  expect(main.told).toEqual([])
})
