import { expect, it } from 'vitest'
import { readIntegration } from '../../src-main/backbone/integration.ts'
import {
  fromCache,
  fromListItem,
  toCache,
  withStatus,
  type SynchronizationRecord,
} from '../../src-main/synchronizations/synchronization-record.ts'

const MINUTE = 60_000
const original = { integrationKey: 'INT-2', summary: 'A' }

const listed = (readAt: number): SynchronizationRecord => {
  const integration = readIntegration(original)
  if (integration === null) throw new Error('It is a synchronization')
  return fromListItem('s1', { integration, original }, null, readAt, 1)
}
const read = (before: SynchronizationRecord, word: string, readAt: number): SynchronizationRecord =>
  withStatus(before, { status: word }, readAt, before.statusOrder + 1)
const sinceOf = ({ since, isSinceSeen }: SynchronizationRecord) => ({ since, isSinceSeen })

it('the state of the first reading may have begun at any time before it', () => {
  expect(sinceOf(read(listed(1), 'RUNNING', 5))).toEqual({ since: 5, isSinceSeen: false })
})

it('a change between two readings shortly after each other was seen', () => {
  const running = read(listed(1), 'RUNNING', 0)
  const stopped = read(running, 'STOPPED', MINUTE)
  expect(sinceOf(stopped)).toEqual({ since: MINUTE, isSinceSeen: true })
  expect(sinceOf(read(stopped, 'STOPPED', 60 * MINUTE))).toEqual({ since: MINUTE, isSinceSeen: true })
})

it('a change while nobody looked may have begun at any time between', () => {
  const running = read(listed(1), 'RUNNING', 0)
  expect(sinceOf(read(running, 'STOPPED', 11 * MINUTE))).toEqual({ since: 11 * MINUTE, isSinceSeen: false })
  // Each reading that found it unchanged counts.
  const looked = read(running, 'RUNNING', 10 * MINUTE)
  expect(sinceOf(read(looked, 'STOPPED', 11 * MINUTE))).toEqual({ since: 11 * MINUTE, isSinceSeen: true })
})

it('both are kept over a restart', () => {
  const stopped = read(read(listed(1), 'RUNNING', 0), 'STOPPED', MINUTE)
  const again = fromCache(toCache(stopped), MINUTE)
  expect(again && sinceOf(again)).toEqual({ since: MINUTE, isSinceSeen: true })
})
