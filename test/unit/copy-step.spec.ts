import { expect, it } from 'vitest'
import type { Integration } from '../../src-main/backbone/integration.ts'
import type { ListBefore } from '../../src-main/editing/lifecycle.ts'
import { CopyStep } from '../../src-main/jobs/copy-step.ts'
import { step, target } from '../support/job-views.ts'
import { said } from '../support/said.ts'

const BASE_URL = 'https://graz.example'
const side = (projectKey: string): Integration['first'] => ({
  connectorKey: `${projectKey}-1`,
  projectKey,
  baseUrl: BASE_URL,
  user: 'sync',
  createdUser: '',
  createdDate: '',
  lastModifiedUser: '',
  lastModifiedDate: '',
  sendQueue: null,
  receiveQueue: null,
  initialPollingDelayMs: null,
  pollingIntervalMs: null,
})
const onServer = (key: string): Integration => ({
  key,
  summary: 'Agile',
  description: '',
  isDistributed: false,
  isMaster: null,
  createdUser: 'admin',
  createdDate: '',
  lastModifiedUser: '',
  lastModifiedDate: '',
  first: side('AP'),
  second: side('PB'),
})
const asked = target({
  changes: [
    { field: 'summary', from: 'Agile', to: 'Agile' },
    { field: 'firstConnector.projectKey', from: 'XX', to: 'AP' },
    { field: 'firstConnector.connection.application.baseUrl', from: 'x', to: BASE_URL },
    { field: 'secondConnector.projectKey', from: 'PB', to: 'PB' },
    { field: 'secondConnector.connection.application.baseUrl', from: 'x', to: BASE_URL },
  ],
  copy: { serverId: 's2', serverName: 'Graz', key: null, byHand: [] },
  steps: [step('create', { path: '/integrations', outcome: 'under-way', begunAt: 1 })],
})

const never = (): Promise<never> => Promise.reject(new Error('Nothing is sent, nor kept'))

/**
 * The outcome of a creation that an earlier session left. `keys`: what matches it now; `confirmed`: what the audit
 * trail has recorded.
 */
function endOf(keys: readonly string[] | null, confirmed: readonly string[]) {
  const list: ListBefore | null = keys && {
    items: keys.map(onServer),
    isWhole: true,
    place: 'https://jira.example/rest',
  }
  return new CopyStep({
    keeper: { keep: never },
    lifecycle: { listBefore: never, createAfter: never, look: never, listInTheEnd: () => Promise.resolve(list) },
    auditTable: { createdKeys: () => [...confirmed] },
  }).endOf(asked)
}

it('a creation that was cut off is done where the audit trail has noted what it made', async () => {
  expect(await endOf(['INT-7', 'INT-9'], ['INT-1', 'INT-9'])).toMatchObject({ outcome: 'done', made: 'INT-9' })
})

it.each([
  { case: 'nothing is noted', keys: ['INT-9'], confirmed: ['INT-1'], result: 'INT-9' },
  { case: 'two are noted', keys: ['INT-7', 'INT-9'], confirmed: ['INT-7', 'INT-9'], result: 'INT-7' },
  { case: 'none is like it', keys: [], confirmed: ['INT-9'], result: 'Nothing similar' },
  { case: 'the list cannot be read', keys: null, confirmed: ['INT-9'], result: 'could not be read' },
])('it is unknown where $case', async ({ keys, confirmed, result }) => {
  const end = await endOf(keys, confirmed)
  expect(end).toMatchObject({ kind: 'ended', outcome: 'unknown' })
  expect(end).not.toHaveProperty('made')
  expect(said(end.kind === 'ended' ? end.result : null)).toContain(result)
})
