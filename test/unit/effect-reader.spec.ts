import { expect, it } from 'vitest'
import { EffectReader } from '../../src-main/tasks/effect-reader.ts'
import type { StoredTask } from '../../src-main/storage/task-table.ts'
import type { SynchronizationRecord } from '../../src-main/synchronizations/synchronization-record.ts'
import { SimulatedClock } from '../support/simulated-clock.ts'

const TASK = { id: 't', serverId: 's', key: 'INT-2', step: 'start', intent: null } as StoredTask
const record = (word: string) => ({ status: { word } }) as SynchronizationRecord

/** How the state before is read, with the status answered as given. */
function stateNow(answer: () => Promise<SynchronizationRecord>) {
  const clock = new SimulatedClock()
  const reader = { refreshStatus: answer, refreshItem: () => Promise.reject(new Error('not asked for')) }
  const found = new EffectReader(reader, { write: () => undefined }, clock).stateNow(TASK)
  return { clock, found }
}

it('the state before a write is what the server says in that moment, and no timer stays', async () => {
  const { clock, found } = stateNow(async () => record('STOPPED'))
  expect(await found).toBe('STOPPED')
  expect(clock.pending).toBe(0)
})

it('a state that cannot be read is not known', async () => {
  expect(await stateNow(() => Promise.reject(new Error('no'))).found).toBe('')
})

it('a write waits no longer than five seconds for it', async () => {
  const late = Promise.withResolvers<SynchronizationRecord>()
  const { clock, found } = stateNow(() => late.promise)
  let state: string | null = null
  void found.then((word) => (state = word))
  await clock.advance(4_999)
  expect(state).toBeNull()
  await clock.advance(2)
  expect(state).toBe('')
  late.resolve(record('STOPPED'))
})

it('what is read before and after a write is requested then: a reading already under way does not count', async () => {
  const asked: (boolean | undefined)[] = []
  const answer = async (_ref: unknown, { isFresh }: { isFresh?: boolean } = {}): Promise<SynchronizationRecord> => {
    asked.push(isFresh)
    return { ...record('STOPPED'), integration: { key: 'INT-2' } } as SynchronizationRecord
  }
  const effects = new EffectReader(
    { refreshStatus: answer, refreshItem: answer },
    { write: () => undefined },
    new SimulatedClock(),
  )
  await effects.stateNow(TASK)
  await effects.effectOf({ ...TASK, intent: null })
  await effects.effectOf({ ...TASK, intent: null, operation: 'edit', step: null } as unknown as StoredTask)
  await effects.readAgain({ ...TASK, operation: 'edit' } as unknown as StoredTask)
  expect(asked).toEqual([true, true, true, true, true])
})
