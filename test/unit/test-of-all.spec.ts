import { expect, it } from 'vitest'
import type { EventPayload } from '../../src-contract/contract.ts'
import { movableClock } from '../support/movable-clock.ts'
import { spoken } from '../support/said.ts'
import { addServer, serverInput, startJira, startMain, type TestMain } from '../support/services.ts'

/** The results of a test, by the name of the server. */
async function told(main: TestMain, testId = 't'): Promise<Record<string, [string, string]>> {
  const names = new Map((await main.ask('servers:list', {})).map(({ id, name }) => [id, name]))
  const payloads = main.events
    .filter(({ topic }) => topic === 'servers:tested')
    .map(({ payload }) => spoken(payload as EventPayload<'servers:tested'>))
  return Object.fromEntries(
    payloads
      .filter((payload) => payload.testId === testId)
      .map(({ tested }) => [names.get(tested.serverId) ?? '', [tested.verdict, tested.message]]),
  )
}
const WITHOUT = 'Jira and Backbone answer. '

it('each identity logs in at one of its servers, whatever its passwords, and a refusal is one', async () => {
  const [main, jira] = [startMain(), await startJira({ synchronizations: 1 })]
  const serverIds = [
    await addServer(main, jira, { name: 'A', secret: 'wrong' }),
    await addServer(main, jira, { name: 'B', secret: 'wrong too', user: 'ADMIN' }),
    await addServer(main, jira, { name: 'C', user: 'anna', secret: 'wrong' }),
  ]
  await main.ask('servers:test-all', { testId: 't', serverIds })
  expect(await told(main)).toEqual({
    A: ['failed', expect.stringContaining('refused')],
    B: ['passed', `${WITHOUT}The same account is tested at A.`],
    C: ['failed', expect.stringContaining('refused')],
  })
  expect(jira.failedLogIns('admin')).toBe(1)
})

it('says what is well, and why a log-in was not tried; one that was refused is not tried again', async () => {
  const [main, jira] = [startMain(), await startJira({ synchronizations: 1 })]
  const serverIds = [
    await addServer(main, jira, { name: 'Well' }),
    await addServer(main, jira, { name: 'Refused', user: 'anna', secret: 'wrong' }),
  ]
  await main.ask('servers:test-all', { testId: 'earlier', serverIds })
  const { id } = await main.ask('servers:add', serverInput(jira, { name: 'No password' }))
  const refusals = jira.failedLogIns('anna')
  await main.ask('servers:test-all', { testId: 't', serverIds: [...serverIds, id, 'gone', id] })
  expect(await told(main)).toEqual({
    Well: ['passed', 'All is well.'],
    Refused: ['warning', `${WITHOUT}The last log-in failed and was not repeated.`],
    'No password': ['warning', `${WITHOUT}There is no password for the log-in yet.`],
  })
  expect(jira.failedLogIns('anna')).toBe(refusals)
})

it.each([0, 1])(
  'a password that was refused is tried for no other entry of its account, whichever is first (%i)',
  async (first) => {
    const jira = await startJira({ synchronizations: 2 })
    const { clock, moveOn } = movableClock()
    const main = startMain({ clock })
    const serverIds = [await addServer(main, jira, { name: 'A' }), await addServer(main, jira, { name: 'B' })]
    await main.ask('synchronizations:refresh', { serverId: null })
    jira.logIn.account('admin').password = 'changed'
    jira.cluster.endSessions()
    await main.ask('synchronizations:refresh', { serverId: serverIds[0] ?? '' }).catch(() => undefined)
    expect(jira.failedLogIns('admin')).toBe(1)
    moveOn(60_000)
    await main.ask('servers:test-all', { testId: 't', serverIds: first === 0 ? serverIds : serverIds.toReversed() })
    expect(jira.failedLogIns('admin')).toBe(1)
    expect(await told(main)).toEqual({
      A: ['warning', `${WITHOUT}The last log-in failed and was not repeated.`],
      B: ['warning', `${WITHOUT}The last log-in of this account, at A, failed and was not repeated.`],
    })
  },
)

it('one that is stopped, or that another follows, begins with no other server', async () => {
  const [main, jira] = [startMain(), await startJira({ latencyMs: 5 })]
  const serverIds: string[] = []
  for (let index = 0; index < 5; index += 1)
    serverIds.push((await main.ask('servers:add', serverInput(jira, { name: `${index}` }))).id)
  const stopped = main.ask('servers:test-all', { testId: 'stopped', serverIds })
  await main.ask('servers:stop-test', {})
  await stopped
  expect(Object.keys(await told(main, 'stopped'))).toHaveLength(3)
  const followed = main.ask('servers:test-all', { testId: 'followed', serverIds })
  await main.ask('servers:test-all', { testId: 'next', serverIds })
  await followed
  expect(Object.keys(await told(main, 'followed'))).toHaveLength(3)
  expect(Object.keys(await told(main, 'next'))).toHaveLength(5)
})
