import { describe, expect, it } from 'vitest'
import { readIntegration, readStatus, type Integration } from '../../src-main/backbone/integration.ts'
import { reportsAll, reportsNoLess } from '../../src-main/synchronizations/reported-state.ts'

const ONLINE = { firstConnector: { online: true } }
const BOTH = { ...ONLINE, secondConnector: { online: false } }

describe('a state tells no less than another', () => {
  it.each<[string, object | null, object | null, boolean]>([
    ['the same', { status: 'RUNNING', ...BOTH }, { status: 'STOPPED', ...BOTH }, true],
    ['more', { status: 'RUNNING', ...BOTH }, { status: 'RUNNING' }, true],
    ['something, where nothing was known', { status: 'RUNNING' }, null, true],
    ['one side, where nothing was known', ONLINE, null, true],
    ['nothing, where nothing was known', null, null, false],
    ['nothing, where something was known', null, { status: 'RUNNING' }, false],
    ['no word', BOTH, { status: 'RUNNING', ...BOTH }, false],
    ['a blank word', { status: ' ', ...BOTH }, { status: 'RUNNING', ...BOTH }, false],
    ['no second side', { status: 'RUNNING', ...ONLINE }, { status: 'RUNNING', ...BOTH }, false],
    ['no first side', { status: 'RUNNING', secondConnector: { online: true } }, { status: 'RUNNING', ...BOTH }, false],
    ['other parts', ONLINE, { status: 'RUNNING' }, false],
  ])('%s', (_name, state, other, isNoLess) => {
    expect(reportsNoLess(readStatus(state), readStatus(other))).toBe(isNoLess)
  })

  it.each<[object, boolean]>([
    [{}, false],
    [{ connectorKey: 'AP-29' }, false],
    [{ incomingDetails: ' ', externalRouteStatus: '' }, false],
    [{ online: false }, true],
    [{ reconnecting: false }, true],
    [{ issuesInError: 0 }, true],
    [{ incomingRouteStatus: 'STARTED' }, true],
    [{ outgoingProcessingStatus: 'IDLE' }, true],
    [{ outgoingDetails: 'No route' }, true],
    [{ externalRouteStatus: 'STARTED' }, true],
  ])('a side with %j tells something: %s', (side, isTelling) => {
    const state = readStatus({ status: 'RUNNING', firstConnector: side })
    expect(reportsNoLess(state, readStatus({ status: 'RUNNING', ...ONLINE }))).toBe(isTelling)
  })
})

describe('a listed state tells all', () => {
  const SIDE = { connectorKey: 'AP-29' }
  const of = (item: object): Integration => {
    const integration = readIntegration({ integrationKey: 'INT-1', firstConnector: SIDE, ...item })
    if (integration === null) throw new Error('It is a synchronization')
    return integration
  }
  const central = of({ secondConnector: { connectorKey: 'AP-30' } })
  const distributed = of({ distributed: true })
  const MINUTE = 60_000

  it.each<[string, object | null, Integration, boolean]>([
    ['word and both sides', { status: 'RUNNING', ...BOTH }, central, true],
    ['no second side', { status: 'RUNNING', ...ONLINE }, central, false],
    ['no word', BOTH, central, false],
    ['nothing', null, central, false],
    ['the one side of a distributed synchronization', { status: 'RUNNING', ...ONLINE }, distributed, true],
    ['a word alone of a distributed synchronization', { status: 'RUNNING' }, distributed, false],
    [
      'one side of a distributed synchronization that has both here',
      { status: 'RUNNING', ...ONLINE },
      of({ distributed: true, secondConnector: { connectorKey: 'AP-30' } }),
      false,
    ],
  ])('%s', (_name, listed, integration, isAll) => {
    expect(reportsAll(readStatus(listed), integration, null, MINUTE)).toBe(isAll)
  })

  it.each<[string, object | null, object | null, number, boolean]>([
    ['what the status left out as well', { status: 'RUNNING' }, { status: 'RUNNING' }, 59, true],
    ['nor an hour later', { status: 'RUNNING' }, { status: 'RUNNING' }, 60, false],
    ['nor where the clock was put back by an hour', { status: 'RUNNING' }, { status: 'RUNNING' }, -60, false],
    ['nor in another state', { status: 'STOPPED' }, { status: 'RUNNING' }, 1, false],
    ['in the same state, however it is spaced', { status: 'RUNNING' }, { status: ' RUNNING ' }, 1, true],
    ['nor what the status told', { status: 'RUNNING' }, { status: 'RUNNING', ...ONLINE }, 1, false],
    ['beside a word that the status left out', { status: 'RUNNING', ...BOTH }, BOTH, 1, true],
    ['where the status told nothing at all', { status: 'RUNNING' }, null, 1, true],
  ])('where it leaves out %s', (_name, listed, status, minutes, isAll) => {
    const asked = { status: readStatus(status), at: 100 * MINUTE }
    expect(reportsAll(readStatus(listed), central, asked, (100 + minutes) * MINUTE)).toBe(isAll)
  })
})
