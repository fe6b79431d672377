import { expect, it } from 'vitest'
import { withCredential } from '../support/connection-tests.ts'
import { addServer, startJira, startMain } from '../support/services.ts'
import { until } from '../../tools/until.ts'
import { changedAnswers } from '../support/changed-answers.ts'

/** Something has a page of its own, with `status`, for what the API refuses, and for nothing else. */
const hidingRefusals = (status: number) =>
  changedAnswers(({ url }, answer) =>
    answer.status === 401 && url.pathname.includes('/plugins/servlet/')
      ? { status, headers: { 'content-type': 'text/html' }, body: '<html>nothing here</html>' }
      : answer,
  )

/**
 * A synchronization is stopped by a session, and the answer to that is `fault`; returns how often it was asked to stop.
 */
async function stoppedWith(
  fault: Parameters<Awaited<ReturnType<typeof startJira>>['faults']['add']>[0]['fault'],
  location?: string,
) {
  const jira = await startJira({ synchronizations: 3 })
  jira.entry('INT-2').status.status = 'RUNNING'
  const main = startMain({
    createTransport: changedAnswers(({ method }, answer) =>
      location === undefined || method === 'GET'
        ? answer
        : { ...answer, headers: { location, 'x-ausername': 'admin', 'x-seraph-loginreason': 'OK' } },
    ),
  })
  const serverId = await addServer(main, jira)
  await main.ask('synchronizations:refresh', { serverId })
  jira.faults.add({ path: '/integrations/INT-2/stop', times: 1, fault })
  await main.ask('synchronizations:stop', { targets: [{ serverId, key: 'INT-2' }] })
  await until('the task ends', async () => (await main.ask('tasks:list', {}))[0]?.state === 'ended')
  return {
    sent: jira.requestsTo('/integrations/INT-2/stop', 'PUT').length,
    outcome: (await main.ask('tasks:list', {}))[0]?.outcome,
  }
}

it.each([302, 303, 304])('a write that took effect is not sent again where it is answered %i', async (status) => {
  const { sent, outcome } = await stoppedWith({ kind: 'answer-after', status, body: '' })
  expect(sent).toBe(1)
  // What it did is read.
  expect(outcome).toBe('succeeded')
})

it('a write that Jira redirects to its log-in page was refused before, and is sent once more', async () => {
  const { sent, outcome } = await stoppedWith({
    kind: 'answer',
    status: 302,
    headers: { Location: '/login.jsp?os_destination=%2Frest', 'X-AREQUESTID': '612x1x1' },
    body: '',
  })
  expect([sent, outcome]).toEqual([2, 'succeeded'])
})

it.each(['/projects/SSO/summary', '/browse/LOGIN-12', '/secure/oauth.jspa'])(
  'a write that took effect is not sent again where Jira, which has accepted the user, leads to %s',
  async (to) => {
    const { sent, outcome } = await stoppedWith({ kind: 'answer-after', status: 302, body: '' }, to)
    expect([sent, outcome]).toEqual([1, 'succeeded'])
  },
)

it.each([400, 403, 404, 429])(
  'a proxy that says %i in the place of a refusal costs the account one failed log-in',
  async (status) => {
    const jira = await startJira({ synchronizations: 3, hasSessions: false })
    const main = startMain()
    const serverId = await addServer(main, jira)
    await main.ask('synchronizations:refresh', { serverId })
    jira.logIn.account('admin').password = 'changed'
    jira.faults.add({ path: '/', fault: { kind: 'answer-after', status, body: '' } })
    for (let round = 0; round < 6; round += 1)
      await main.ask('synchronizations:refresh', { serverId }).catch(() => undefined)
    expect(jira.failedLogIns('admin')).toBe(1)
    expect(main.services.connections.gate(serverId).access).toMatchObject({ state: 'blocked', reason: 'unanswered' })
  },
)

it.each([400, 403, 404, 429])(
  'a proxy that says %i in the place of refusals of the API alone costs the account one failed log-in',
  async (status) => {
    const jira = await startJira({ synchronizations: 3, hasSessions: false })
    const main = startMain({ createTransport: hidingRefusals(status) })
    const serverId = await addServer(main, jira)
    await main.ask('synchronizations:refresh', { serverId })
    jira.logIn.account('admin').password = 'changed'
    for (let round = 0; round < 4; round += 1)
      await main.ask('synchronizations:refresh', { serverId }).catch(() => undefined)
    expect(jira.failedLogIns('admin')).toBe(1)
    expect(main.services.connections.gate(serverId).access).toMatchObject({ state: 'blocked', reason: 'unanswered' })
  },
)

it.each([400, 403, 404])(
  'a session that has ended is noticed where a proxy says %i in the place of refusals of the API',
  async (status) => {
    const jira = await startJira({ synchronizations: 3 })
    jira.entry('INT-2').status.status = 'RUNNING'
    const main = startMain({
      createTransport: (options) => {
        const transport = hidingRefusals(status)(options)
        return {
          close: () => transport.close(),
          send: (request) => {
            if (request.method === 'PUT') jira.cluster.endSessions()
            return transport.send(request)
          },
        }
      },
    })
    const serverId = await addServer(main, jira)
    await main.ask('synchronizations:refresh', { serverId })
    const before = withCredential(jira)
    jira.cluster.endSessions()
    await main.ask('synchronizations:refresh', { serverId })
    expect([withCredential(jira) - before, jira.failedLogIns('admin')]).toEqual([1, 0])

    // A write may have been passed on: it is not sent again, and what became of it is looked up.
    await main.ask('synchronizations:stop', { targets: [{ serverId, key: 'INT-2' }] })
    await until('it has ended', async () => (await main.ask('tasks:list', {}))[0]?.state === 'ended')
    expect((await main.ask('tasks:list', {}))[0]?.outcome).not.toBe('succeeded')
    expect(jira.requestsTo('/integrations/INT-2/stop')).toHaveLength(1)
    expect(jira.failedLogIns('admin')).toBe(0)
    expect(main.services.connections.gate(serverId).access.state).toBe('ok')
  },
)

it('a failure that something else answers ends no session that Jira says to be good', async () => {
  const jira = await startJira({ synchronizations: 3 })
  const main = startMain()
  const serverId = await addServer(main, jira)
  await main.ask('synchronizations:refresh', { serverId })
  const before = withCredential(jira)
  for (const times of [1, 2, 3]) {
    jira.faults.add({ path: '/integrations', times: 1, fault: { kind: 'answer', status: 404, body: '' } })
    await main.ask('synchronizations:refresh', { serverId }).catch(() => times)
  }
  await main.ask('synchronizations:refresh', { serverId })
  expect(withCredential(jira)).toBe(before)
})

it('a failure that something else answers does not stop a password at once, where refusals come through', async () => {
  const jira = await startJira({ synchronizations: 3, hasSessions: false })
  const main = startMain()
  const serverId = await addServer(main, jira)
  await main.ask('synchronizations:refresh', { serverId })
  jira.faults.add({ path: '/integrations', times: 1, fault: { kind: 'answer', status: 404, body: '' } })
  await main.ask('synchronizations:refresh', { serverId }).catch(() => undefined)
  expect(main.services.connections.gate(serverId).access.state).not.toBe('blocked')
  await main.ask('synchronizations:refresh', { serverId })
  expect(main.services.connections.gate(serverId).access.state).toBe('ok')
})
