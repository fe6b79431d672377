import { describe, expect, it } from 'vitest'
import { readIntegration } from '../../src-main/backbone/integration.ts'
import type { StoredTask } from '../../src-main/storage/task-table.ts'
import type { SynchronizationRecord } from '../../src-main/synchronizations/synchronization-record.ts'
import { effectOfChange, effectOnState, readIntent, resultOf, type Intent } from '../../src-main/tasks/intent.ts'
import { said, spoken } from '../support/said.ts'

function integration(summary: string, description = 'About it') {
  const read = readIntegration({ integrationKey: 'INT-2', summary, description, firstConnector: {} })
  if (read === null) throw new Error('It is a synchronization')
  return read
}
const intent = (more: Partial<Intent>): Intent => ({
  fields: {},
  changed: [],
  unseen: [],
  stateBefore: '',
  hasLeft: true,
  place: null,
  ...more,
})

describe('a change whose answer was lost', () => {
  const both = { fields: { summary: 'New', description: 'Newer' }, changed: ['summary', 'description'] } as const

  it('is shown where every value is there, and one of them was not before', () => {
    expect(
      spoken(effectOfChange(intent({ fields: { summary: 'New' }, changed: ['summary'] }), integration('New'))),
    ).toEqual({
      kind: 'shown',
      shows: 'the server shows the new values',
    })
  })

  it('cannot be proved if the values were there before', () => {
    expect(spoken(effectOfChange(intent({ fields: { summary: 'New' } }), integration('New')))).toEqual({
      kind: 'unprovable',
      shows: 'the server shows what was requested, but it already did so before',
      advice: 'Check the synchronization before you send the change again.',
    })
  })

  it('is not shown where a value is another, and says which ones are there', () => {
    expect(spoken(effectOfChange(intent(both), integration('Old')))).toEqual({
      kind: 'not-shown',
      shows: 'the server shows other values of the name and the description',
    })
    expect(spoken(effectOfChange(intent(both), integration('New')))).toEqual({
      kind: 'not-shown',
      shows: 'the server shows other values of the description, but the new name',
    })
  })

  it('cannot be proved if it contains what no answer shows, and says what is known', () => {
    const unseen = ['first-password', 'second-proxy'] as const
    expect(spoken(effectOfChange(intent({ unseen }), integration('Old')))).toMatchObject({
      kind: 'unprovable',
      shows:
        'it cannot be determined whether the server accepted the password of the first sync user and the proxy of the second side',
    })
    expect(
      spoken(effectOfChange(intent({ ...both, unseen: ['first-password'] }), integration('New', 'Newer'))),
    ).toMatchObject({
      kind: 'unprovable',
      shows:
        'the server shows the new name and description; it cannot be determined whether it accepted the password of the first sync user',
    })
  })
})

describe('a start or a stop whose answer was lost', () => {
  it.each([
    ['start', 'STOPPED', 'RUNNING', 'shown', 'the synchronization is RUNNING'],
    ['start', 'STOPPED', 'started', 'shown', 'the synchronization is started'],
    ['stop', 'RUNNING', 'STOPPED', 'shown', 'the synchronization is STOPPED'],
    ['stop', 'RUNNING', 'RUNNING', 'not-shown', 'the synchronization is RUNNING'],
    ['stop', 'RUNNING', '', 'not-shown', 'the server reports no state for the synchronization'],
    ['stop', 'STOPPED', 'STOPPED', 'unprovable', 'the synchronization is STOPPED, but it already was before'],
    ['start', '', 'RUNNING', 'unprovable', 'the synchronization is RUNNING, but its earlier state is not known'],
  ] as const)('%s: %j before and %j after is %s', (step, stateBefore, word, kind, shows) => {
    expect(spoken(effectOnState(step, intent({ stateBefore }), word))).toMatchObject({ kind, shows })
  })
})

describe('a stored intent', () => {
  it('is read as it was stored', () => {
    const stored = intent({ fields: { summary: 'New' }, changed: ['summary'], stateBefore: 'RUNNING', hasLeft: false })
    expect(readIntent({ intent: JSON.stringify(stored), operation: 'update' })).toEqual(stored)
  })

  it('of an earlier version proves nothing: it may have left, and a connection holds two passwords', () => {
    expect(readIntent({ intent: null, operation: 'start' })).toEqual(intent({}))
    expect(readIntent({ intent: null, operation: 'connection' })).toEqual(
      intent({ unseen: ['first-password', 'second-password'] }),
    )
  })
})

describe('what a change that succeeded has done', () => {
  const task = (operation: 'update' | 'connection', more: Partial<Intent>) =>
    ({ operation, intent: JSON.stringify(intent(more)) }) as StoredTask
  const record = (summary: string, word = '') =>
    ({ integration: integration(summary), status: word === '' ? null : { word } }) as SynchronizationRecord

  it.each<[string, StoredTask, SynchronizationRecord | null, SynchronizationRecord | null, string, string]>([
    ['as asked, without a word', task('update', { fields: { summary: 'A' } }), record('A'), null, '', ''],
    ['the server’s words', task('update', { fields: { summary: 'A' } }), record('A'), null, 'Updated.', 'Updated.'],
    [
      'a value that the server kept',
      task('update', { fields: { summary: 'A' } }),
      record('B'),
      null,
      'Updated.',
      'Updated. The server kept its own value of the name.',
    ],
    [
      'nothing that could be read',
      task('update', { fields: { summary: 'A' } }),
      null,
      null,
      '',
      'Its state afterwards could not be read.',
    ],
    [
      'a start that nobody asked for',
      task('connection', { stateBefore: 'STOPPED' }),
      record('A'),
      record('A', 'RUNNING'),
      '',
      'It was stopped before, and is RUNNING now.',
    ],
    [
      'no start where it ran before',
      task('connection', { stateBefore: 'RUNNING' }),
      record('A'),
      record('A', 'RUNNING'),
      '',
      '',
    ],
    [
      'no start where it is stopped still',
      task('connection', { stateBefore: 'STOPPED' }),
      record('A'),
      record('A', 'STOPPED'),
      '',
      '',
    ],
    ['no start where its state is not told', task('connection', { stateBefore: 'STOPPED' }), record('A'), null, '', ''],
    ['no start by an update', task('update', { stateBefore: 'STOPPED' }), record('A'), record('A', 'RUNNING'), '', ''],
  ])('is told: %s', (_, of, item, status, serverWords, expected) => {
    expect(said(resultOf(of, { item, status }, serverWords))).toBe(expected)
  })
})
