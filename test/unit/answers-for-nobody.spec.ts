import { expect, it } from 'vitest'
import { filesBelow } from '../support/secrets.ts'
import { addServer, startJira, startMain, type TestMain } from '../support/services.ts'
import { until } from '../../tools/until.ts'
import { said } from '../support/said.ts'

/** In the body of each answer that Jira gives to nobody; it must be nowhere afterwards. */
const MARK = 'for-nobody-7f3a'
/** A session that is over is answered so where visitors are allowed: 200, and what they may see. */
const forNobody = (value: unknown) =>
  ({
    kind: 'answer',
    status: 200,
    headers: { 'Content-Type': 'application/json', 'X-AUSERNAME': 'anonymous' },
    body: JSON.stringify(value),
  }) as const

const ref = (serverId: string) => ({ serverId, key: 'INT-2' })
const item = {
  integrationKey: 'INT-2',
  summary: MARK,
  distributed: false,
  status: { status: 'STOPPED', message: MARK },
}
const stopAll = async (main: TestMain, serverId: string): Promise<void> => {
  const { taskIds } = await main.ask('synchronizations:stop', { targets: [ref(serverId)] })
  await until('the task ends', async () =>
    (await main.ask('tasks:list', {})).some(({ id, state }) => id === taskIds[0] && state === 'ended'),
  )
}

it.each<[string, string, unknown, (main: TestMain, serverId: string) => Promise<unknown>]>([
  ['the list', '/integrations', [item], (main, serverId) => main.ask('synchronizations:refresh', { serverId })],
  [
    'a state',
    '/integrations/INT-2/status',
    { status: 'STOPPED', message: MARK },
    (main, serverId) => main.ask('synchronizations:refresh', { serverId }),
  ],
  ['details', '/integrations/INT-2', item, (main, serverId) => main.ask('synchronizations:detail', ref(serverId))],
  [
    'conflicts',
    '/integrations/INT-2/conflicts',
    [{ message: MARK, severity: 'ERROR' }],
    (main, serverId) => main.ask('conflicts:refresh', ref(serverId)),
  ],
  [
    'a task',
    '/async-tasks/',
    { id: '1', finished: true, failed: true, progress: 100, message: MARK, error: MARK },
    stopAll,
  ],
])(
  'what a session that ended in the middle is told for nobody is not believed: %s is asked for again',
  async (_name, path, value, ask) => {
    const jira = await startJira({ synchronizations: 4, taskDurationMs: 20 })
    const main = startMain()
    const serverId = await addServer(main, jira)
    await main.ask('synchronizations:refresh', { serverId })
    await main.ask('conflicts:refresh', ref(serverId))
    const before = await main.rows()
    jira.seen.length = 0
    jira.faults.add({ path, method: 'GET', times: 1, fault: forNobody(value) })
    await ask(main, serverId)
    const asked = jira.requestsTo(path, 'GET')
    expect(asked.length).toBeGreaterThan(1)
    expect(jira.seen.filter(({ by }) => by === 'password')).toHaveLength(1)
    const rows = await main.rows()
    if (path.startsWith('/async-tasks/'))
      expect(await main.ask('tasks:list', {})).toMatchObject([{ outcome: 'succeeded' }])
    else
      expect(rows.map(({ key, state }) => [key, said(state)])).toEqual(
        before.map(({ key, state }) => [key, said(state)]),
      )
    const told = JSON.stringify([
      rows,
      main.events,
      main.log,
      await main.ask('conflicts:list', {}),
      await main.ask('tasks:list', {}),
    ])
    expect(told).not.toContain(MARK)
    await main.close()
    expect(
      filesBelow(main.folder)
        .filter(({ bytes }) => bytes.includes(MARK))
        .map(({ name }) => name),
    ).toEqual([])
  },
)

it.each([
  ['an object that is none of Backbone’s', '{"error":"login required"}'],
  ['a text', '"please log in"'],
  ['nothing, as JSON says it', 'null'],
  ['a number', '42'],
])('a success that holds %s is no accepted log-in: the password goes out once', async (_name, body) => {
  const jira = await startJira({ synchronizations: 3, embedsStatus: true, strippedCookies: 'answers' })
  const headers = { 'Content-Type': 'application/json' }
  jira.faults.add({ path: '/integrations', method: 'GET', fault: { kind: 'answer', status: 200, headers, body } })
  const main = startMain()
  const serverId = await addServer(main, jira)
  for (let round = 0; round < 6; round += 1) await main.ask('synchronizations:refresh', { serverId })
  expect(jira.seen.filter(({ user }) => user !== null)).toHaveLength(1)
  expect((await main.ask('servers:list', {}))[0]?.access).toMatchObject({ state: 'blocked', reason: 'unanswered' })
})
