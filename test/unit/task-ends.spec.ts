import { describe, expect, it } from 'vitest'
import { message } from '../../src-contract/messages/message.ts'
import type { AsyncTask } from '../../src-main/backbone/async-task.ts'
import type { StoredTask } from '../../src-main/storage/task-table.ts'
import type { SynchronizationRecord } from '../../src-main/synchronizations/synchronization-record.ts'
import type { Readings } from '../../src-main/tasks/effect-reader.ts'
import { lostEnd, reportedEnd, shownEnd, unsentEnd } from '../../src-main/tasks/task-ends.ts'
import { spoken } from '../support/said.ts'

const task = (more: Partial<StoredTask> = {}): StoredTask =>
  ({ operation: 'start', step: 'start', intent: null, ...more }) as StoredTask
const remote = (more: Partial<AsyncTask>): AsyncTask => ({
  id: '7',
  end: 'succeeded',
  progress: 0,
  message: '',
  failureMessage: '',
  ...more,
})
const showing = (word: string): Readings => ({
  item: null,
  status: { status: { word } } as SynchronizationRecord,
})
const NOTHING_READ: Readings = { item: null, status: null }
const WHY = message('tasks.told.lost')

describe('a task whose end Backbone reports', () => {
  it('ends as reported', () => {
    expect(spoken(reportedEnd(task(), remote({ message: 'Started.' }), showing('RUNNING')))).toEqual({
      outcome: 'succeeded',
      message: 'Started.',
    })
    expect(spoken(reportedEnd(task(), remote({ end: 'cancelled', message: 'Enough.' }), NOTHING_READ))).toEqual({
      outcome: 'cancelled',
      failure: 'Enough.',
    })
    const failed = remote({ end: 'failed', message: 'Working', failureMessage: 'No licence.' })
    expect(spoken(reportedEnd(task(), failed, NOTHING_READ))).toEqual({ outcome: 'failed', failure: 'No licence.' })
  })

  it('is unknown where the server shows the opposite', () => {
    const end = spoken(reportedEnd(task(), remote({}), showing('STOPPED')))
    expect(end).toMatchObject({ outcome: 'unknown', failure: expect.stringContaining('STOPPED') as string })
    expect(reportedEnd(task({ operation: 'stop', step: 'stop' }), remote({}), showing('STOPPED')).outcome).toBe(
      'succeeded',
    )
  })
})

it('a task that nobody knows any more is lost, with what is seen instead, if anything', () => {
  expect(spoken(lostEnd(task(), NOTHING_READ)).failure).not.toContain('RUNNING')
  expect(spoken(lostEnd(task(), showing('RUNNING')))).toMatchObject({
    outcome: 'lost',
    failure: expect.stringContaining('RUNNING') as string,
  })
})

describe('a write whose answer was lost', () => {
  const shows = message('tasks.shows.new')

  it('ends once its effect is seen, and not before', () => {
    expect(shownEnd(task(), { kind: 'not-shown', shows }, WHY)).toBeNull()
    expect(shownEnd(task(), { kind: 'shown', shows }, WHY)?.outcome).toBe('succeeded')
  })

  it('is unknown if nothing can prove it, with advice and the server’s words', () => {
    const end = shownEnd(task(), { kind: 'unprovable', shows, advice: message('tasks.look.connection') }, WHY, 'Busy')
    expect(spoken(end)).toMatchObject({
      outcome: 'unknown',
      failure: expect.stringContaining('Check in Backbone') as string,
      serverText: 'Busy',
    })
  })

  it('leaves a restart interrupted once it is stopped: it is not started again without asking', () => {
    const restart = task({ operation: 'restart', step: 'stop' })
    expect(shownEnd(restart, { kind: 'shown', shows }, WHY)?.outcome).toBe('interrupted')
    expect(shownEnd({ ...restart, step: 'start' }, { kind: 'shown', shows }, WHY)?.outcome).toBe('succeeded')
  })
})

it('one that was never sent says so, and a restart that it was not started again', () => {
  const unsent = spoken(unsentEnd(task()))
  const restart = spoken(unsentEnd(task({ operation: 'restart', step: 'start' })))
  expect([unsent.outcome, restart.outcome]).toEqual(['interrupted', 'interrupted'])
  expect(restart.message).not.toBe(unsent.message)
})
