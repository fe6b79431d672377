import { expect, it } from 'vitest'
import { addServer, startJira, startMain } from '../support/services.ts'
import { until } from '../../tools/until.ts'
import { changedAnswers } from '../support/changed-answers.ts'

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
    const main = startMain({
      createTransport: changedAnswers(({ url }, answer) =>
        answer.status === 401 && url.pathname.includes('/plugins/servlet/')
          ? { status, headers: { 'content-type': 'text/html' }, body: '<html>nothing here</html>' }
          : answer,
      ),
    })
    const serverId = await addServer(main, jira)
    await main.ask('synchronizations:refresh', { serverId })
    jira.logIn.account('admin').password = 'changed'
    for (let round = 0; round < 4; round += 1)
      await main.ask('synchronizations:refresh', { serverId }).catch(() => undefined)
    expect(jira.failedLogIns('admin')).toBe(1)
    expect(main.services.connections.gate(serverId).access).toMatchObject({ state: 'blocked', reason: 'unanswered' })
  },
)

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
