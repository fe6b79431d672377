import { expect, it } from 'vitest'
import { defaultSettings } from '../../src-contract/settings.ts'
import { Housekeeping } from '../../src-main/storage/housekeeping.ts'
import { SimulatedClock } from '../support/simulated-clock.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** Housekeeping over so many old states; the notifications can be made to fail. */
function scene(oldStates: number) {
  const clock = new SimulatedClock()
  const world = {
    left: oldStates,
    steps: [] as { at: number; before: number; limit: number }[],
    backups: [] as number[],
    isFull: false,
    log: [] as string[],
  }
  const housekeeping = new Housekeeping({
    clock,
    settings: { get: () => ({ ...defaultSettings, historyDays: 90 }) },
    logger: { write: (_level, event) => void world.log.push(event) },
    transitions: {
      prune: (before, limit) => {
        world.steps.push({ at: clock.now(), before, limit })
        const removed = Math.min(limit, world.left)
        world.left -= removed
        return removed
      },
    },
    conflicts: { prune: () => 0 },
    notifications: {
      prune: () => {
        if (world.isFull) throw new Error('database or disk is full')
      },
    },
    snoozes: { prune: () => undefined },
    jobs: { prune: () => undefined },
    notes: { prune: () => undefined },
    snapshots: { prune: () => undefined },
    storageCare: {
      get lastBackupAt() {
        return world.backups.at(-1) ?? null
      },
      backup: async () => `state.backup-${world.backups.push(clock.now())}.db`,
    },
  })
  housekeeping.start()
  return { clock, world, housekeeping }
}

it('removes what is too old in small steps with pauses, and looks again every hour', async () => {
  const { clock, world, housekeeping } = scene(2300)
  await clock.advance(60_000)
  expect(world.left).toBe(1800)
  await clock.advance(1_000)
  expect(world.left).toBe(0)
  expect(world.steps).toHaveLength(5)
  const [first, second] = world.steps
  expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(0)
  expect(Math.round((first?.at ?? 0) - (first?.before ?? 0))).toBe(90 * DAY_MS)
  await clock.advance(HOUR_MS)
  expect(world.steps).toHaveLength(6)
  housekeeping.stop()
  await clock.advance(DAY_MS)
  expect(world.steps).toHaveLength(6)
})

it('makes one copy of state.db a day', async () => {
  const { clock, world } = scene(0)
  await clock.advance(3 * DAY_MS - HOUR_MS)
  expect(world.backups).toHaveLength(3)
})

it('continues with the next hour when a disk is full', async () => {
  const { clock, world } = scene(10)
  world.isFull = true
  await clock.advance(60_000 + 2 * HOUR_MS)
  expect(world.log).toEqual(['housekeeping broke off', 'housekeeping broke off', 'housekeeping broke off'])
  expect(world.left).toBe(10)
  world.isFull = false
  await clock.advance(HOUR_MS)
  expect(world.left).toBe(0)
})
