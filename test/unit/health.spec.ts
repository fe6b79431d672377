import { expect, it } from 'vitest'
import { readStatus } from '../../src-main/backbone/integration.ts'
import { deriveHealth, deriveConnectorHealth, type HealthState } from '../../src-main/synchronizations/health.ts'
import { spoken, type Spoken } from '../support/said.ts'

const connector = (more: object = {}): object => ({
  connectorKey: 'AP-29',
  online: true,
  reconnecting: false,
  incomingRouteStatus: 'STARTED',
  outgoingRouteStatus: 'STARTED',
  issuesInError: 0,
  ...more,
})
const derived = (status: unknown): Spoken<HealthState> => spoken(deriveHealth(readStatus(status)))

it.each([
  ['RUNNING', 'running', 'Running'],
  ['STARTED', 'running', 'Running'],
  ['STOPPED', 'stopped', 'Stopped'],
  ['RESTART REQUIRED', 'attention', 'Restart required'],
  ['RESTART_REQUIRED', 'attention', 'Restart required'],
  ['update_required', 'attention', 'Update required'],
  ['HANDSHAKE', 'transition', 'Handshake'],
  ['WAITING FOR SLAVE', 'transition', 'Waiting for slave'],
  ['SOMETHING NEW', 'unknown', 'SOMETHING NEW'],
  ['', 'unknown', 'Not reported'],
])('the word %j is %s, shown as “%s”', (word, health, state) => {
  expect(derived({ status: word, firstConnector: connector() })).toMatchObject({ health, state })
})

it.each([null, undefined, {}, [], 'RUNNING', 7])('a status of %j is not told, and breaks nothing', (status) => {
  expect(derived(status)).toMatchObject({ health: 'unknown', state: 'Not reported', issuesInError: null })
})

it('shows an offline side as an error, and says which and why', () => {
  const status = {
    status: 'RUNNING',
    firstConnector: connector(),
    secondConnector: connector({ online: 'false', incomingDetails: 'No route' }),
  }
  expect(derived(status)).toMatchObject({
    health: 'error',
    state: 'Offline side',
    reason: 'The second side is offline: No route',
  })
})

it('shows reconnecting as attention', () => {
  expect(
    derived({ status: 'RUNNING', firstConnector: connector({ online: false, reconnecting: true }) }),
  ).toMatchObject({
    health: 'attention',
    state: 'Reconnecting',
  })
})

it('counts issues in error over both sides', () => {
  const status = {
    status: 'RUNNING',
    firstConnector: connector({ issuesInError: '3' }),
    secondConnector: connector({ issuesInError: 1 }),
  }
  expect(derived(status)).toMatchObject({
    health: 'error',
    state: 'Broken',
    issuesInError: 4,
    reason: '4 issues in error',
  })
})

it('a stopped synchronization with stuck issues stays stopped', () => {
  expect(derived({ status: 'STOPPED', firstConnector: connector({ issuesInError: 1, online: false }) })).toMatchObject({
    health: 'stopped',
    reason: '1 issue in error',
  })
})

it('a stopped route of a running synchronization needs attention', () => {
  expect(derived({ status: 'RUNNING', firstConnector: connector({ incomingRouteStatus: 'STOPPED' }) })).toMatchObject({
    health: 'attention',
    state: 'Route stopped',
  })
})

it.each([
  [{}, 'running', 'Online', null],
  [{ online: false, incomingDetails: 'Gone' }, 'error', 'Offline', 'Gone'],
  [{ online: false, reconnecting: true }, 'attention', 'Reconnecting', null],
  [{ issuesInError: 3 }, 'error', 'Errors', '3 issues in error'],
  [{ outgoingRouteStatus: 'STOPPED' }, 'attention', 'Route stopped', null],
  [{ incomingRouteStatus: 'STOPPED', outgoingRouteStatus: 'STOPPED' }, 'stopped', 'Stopped', null],
  [{ online: null }, 'unknown', 'Not reported', null],
  [{ online: 'perhaps', issuesInError: 'many', incomingRouteStatus: 7 }, 'unknown', 'Not reported', null],
])('a connector with %j is %s, “%s”', (more, health, state, reason) => {
  expect(
    spoken(deriveConnectorHealth(readStatus({ status: 'RUNNING', firstConnector: connector(more) })?.first ?? null)),
  ).toEqual({ health, state, reason })
})

it('a connector without a status is unknown', () => {
  expect(deriveConnectorHealth(null).health).toBe('unknown')
})

it.each<[string, object, object | undefined, Partial<Spoken<HealthState>>]>([
  [
    'both sides are offline, for the same reason',
    { online: false, incomingDetails: 'No route', outgoingDetails: 'No route' },
    { online: false, outgoingDetails: 'Gone' },
    { health: 'error', state: 'Offline side', reason: 'Both sides are offline: No route Gone' },
  ],
  [
    'the first side is offline, and gives no reason',
    { online: false },
    { incomingDetails: 'All is well' },
    { health: 'error', state: 'Offline side', reason: 'The first side is offline' },
  ],
  [
    'the second side is reconnecting',
    {},
    { reconnecting: true, incomingDetails: 'Soon' },
    { health: 'attention', state: 'Reconnecting', reason: 'The second side is reconnecting: Soon' },
  ],
  [
    'one side is offline, the other is reconnecting',
    { online: false },
    { online: false, reconnecting: true },
    { health: 'error', state: 'Offline side', reason: 'Both sides are offline' },
  ],
  [
    'a side does not tell whether it is online',
    { online: null },
    {},
    { health: 'running', state: 'Running', reason: null },
  ],
  ['no side tells of issues', { issuesInError: null }, undefined, { health: 'running', issuesInError: null }],
  [
    'one side alone tells of issues',
    { issuesInError: null },
    { issuesInError: 2 },
    { health: 'error', issuesInError: 2 },
  ],
  [
    'the outgoing route of the second side is stopped',
    {},
    { outgoingRouteStatus: 'stopped' },
    {
      health: 'attention',
      state: 'Route stopped',
      reason: 'A route is stopped although the synchronization is running',
    },
  ],
])('a running synchronization of which %s', (_, first, second, expected) => {
  const status = {
    status: 'RUNNING',
    firstConnector: connector(first),
    ...(second !== undefined && { secondConnector: connector(second) }),
  }
  expect(derived(status)).toMatchObject(expected)
})

it('issues in error are reported for any state, whose name stays', () => {
  expect(derived({ status: 'HANDSHAKE', firstConnector: connector({ issuesInError: 1 }) })).toEqual({
    health: 'error',
    state: 'Handshake',
    reason: '1 issue in error',
    issuesInError: 1,
  })
})

it('a stopped route says nothing where the synchronization does not run', () => {
  const stopped = connector({ incomingRouteStatus: 'STOPPED' })
  expect(derived({ status: 'STOPPED', firstConnector: stopped })).toMatchObject({ health: 'stopped', reason: null })
  expect(derived({ status: 'HANDSHAKE', firstConnector: stopped })).toMatchObject({ health: 'transition' })
})
