import { describe, expect, it } from 'vitest'
import { readIntegration } from '../../src-main/backbone/integration.ts'
import {
  fromListItem,
  withAsked,
  type SynchronizationRecord,
} from '../../src-main/synchronizations/synchronization-record.ts'
import { buildDetail, buildRow } from '../../src-main/synchronizations/views.ts'
import { said } from '../support/said.ts'

const FIRST = {
  connectorKey: 'AP-29',
  projectKey: 'OWN',
  connection: { application: { baseUrl: 'https://own.example', user: 'sync' } },
}
const SECOND = { connectorKey: 'AP-30', projectKey: 'PARTNER' }

function record(item: object, status?: object): SynchronizationRecord {
  const original = { integrationKey: 'INT-1', summary: 'Sales', ...item }
  const integration = readIntegration(original)
  if (integration === null) throw new Error('It is a synchronization')
  const listed = fromListItem('s', { integration, original }, null, 3, 1)
  return status === undefined ? listed : withAsked(listed, status, 7, 2)
}
const row = (of: SynchronizationRecord) => buildRow(of, null, {})
const detail = (of: SynchronizationRecord, item: object) => buildDetail(of, JSON.stringify(item), 9, 'live')

describe('a row', () => {
  it('has each side that the object has', () => {
    expect(row(record({ firstConnector: FIRST })).first).toEqual({
      connectorKey: 'AP-29',
      projectKey: 'OWN',
      user: 'sync',
      baseUrl: 'https://own.example',
    })
    expect(row(record({ firstConnector: FIRST })).second).toBeNull()
    expect(row(record({ secondConnector: SECOND }))).toMatchObject({ first: null, second: { projectKey: 'PARTNER' } })
  })

  it.each([
    [{ distributed: false }, 'centralized', null],
    [{ distributed: true, master: true }, 'distributed', 'primary'],
    [{ distributed: true, master: false }, 'distributed', 'secondary'],
    [{ distributed: true }, 'distributed', null],
  ])('of %j is %s, and %s', (item, kind, role) => {
    expect(row(record(item))).toMatchObject({ kind, role })
  })

  it('is as fresh as its state, or as the list where the state was never read', () => {
    expect(row(record({})).fetchedAt).toBe(3)
    expect(row(record({}, { status: 'RUNNING' })).fetchedAt).toBe(7)
  })

  it('has no summary where that cannot be seen, and the conflicts that were counted', () => {
    expect(row(record({ summary: ' \u200b' })).summary).toBe('')
    expect(buildRow(record({}), { all: 3, unseen: 1 }, {})).toMatchObject({
      summary: 'Sales',
      conflictCount: 3,
      newConflictCount: 1,
    })
    expect(row(record({}))).toMatchObject({ conflictCount: null, newConflictCount: null })
  })
})

describe('a detail', () => {
  const both = { integrationKey: 'INT-1', summary: 'New', firstConnector: FIRST, secondConnector: SECOND }

  it('has the object as it was read, and each side with the status of that side', () => {
    const of = record(both, { status: 'RUNNING', secondConnector: { online: false } })
    const { first, second, ...shown } = detail(of, both)
    expect(shown).toMatchObject({ summary: 'New', json: JSON.stringify(both), fetchedAt: 9, source: 'live' })
    expect(first).toMatchObject({ projectKey: 'OWN', status: null, health: 'unknown' })
    expect(second).toMatchObject({ projectKey: 'PARTNER', status: { isOnline: false }, health: 'error' })
    expect(second && said(second.state)).toBe('Offline')
  })

  it('has no status of any side where none was read', () => {
    const { first, second } = detail(record(both), both)
    expect([first?.status, second?.status]).toEqual([null, null])
  })

  it('has no side that the object lacks, whatever the status tells', () => {
    const of = record({ firstConnector: FIRST }, { status: 'RUNNING', secondConnector: { online: false } })
    expect(detail(of, { integrationKey: 'INT-1', firstConnector: FIRST }).second).toBeNull()
  })

  it('has the object as listed where the stored one cannot be read', () => {
    expect(detail(record({ firstConnector: FIRST }), {})).toMatchObject({
      summary: 'Sales',
      first: { projectKey: 'OWN' },
    })
  })
})
