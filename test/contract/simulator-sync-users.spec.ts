import { describe, expect, it, onTestFinished } from 'vitest'
import { JiraNetwork, SimulatedJira, type JiraOptions } from '../../src-simulator/index.ts'
import { until } from '../../tools/until.ts'
import { account, ask, basic } from '../support/jira-by-hand.ts'
import { startJira } from '../support/services.ts'

const API = '/plugins/servlet/backbone-issue-sync/api/1'

/** Two Jiras that reach each other, each with a sync user whose password is its name. */
async function twoJiras(more: JiraOptions = {}) {
  const network = new JiraNetwork()
  const start = (user: string) =>
    startJira({ network, accounts: [account('admin'), account(user, { role: 'none' })], ...more })
  return { here: await start('sync-here'), there: await start('sync-there') }
}

interface Side {
  readonly baseUrl: string
  readonly password?: string
}

async function write(jira: SimulatedJira, method: string, path: string, body?: unknown) {
  const headers = { authorization: basic('admin'), 'x-atlassian-token': 'no-check', 'content-type': 'application/json' }
  return ask(jira, method, API + path, headers, body === undefined ? undefined : JSON.stringify(body))
}

/**
 * Creates a synchronization between both sync users, with their right passwords unless others are given; returns its
 * key.
 */
async function create(jira: SimulatedJira, first: Side, second: Side): Promise<string> {
  const side = (projectKey: string, user: string, { baseUrl, password = user }: Side) => ({
    projectKey,
    connection: { application: { baseUrl, user, password } },
  })
  const body = {
    summary: 'New',
    description: '',
    firstConnector: side('PA', 'sync-here', first),
    secondConnector: side('PB', 'sync-there', second),
  }
  return String((await write(jira, 'POST', '/integrations', body)).json().integrationKey)
}

/** Sends a write that is answered with a task, and waits until that has ended; answers with its failure. */
async function done(jira: SimulatedJira, path: string, body?: unknown): Promise<string | null> {
  const { id } = (await write(jira, 'PUT', path, body)).json()
  let task: Record<string, unknown> = {}
  await until('the task ends', async () => {
    task = (await ask(jira, 'GET', `${API}/async-tasks/${String(id)}`, { authorization: basic('admin') })).json()
    return task.finished === true
  })
  return task.failureMessage as string | null
}

const statusOf = (jira: SimulatedJira, key: string) => jira.entry(key).status

const connection = (jiras: { here: SimulatedJira; there: SimulatedJira }, first: string, second: string) => ({
  firstConnector: { baseUrl: jiras.here.baseUrl, user: 'sync-here', password: first },
  secondConnector: { baseUrl: jiras.there.baseUrl, user: 'sync-there', password: second },
})

describe('a synchronization of the simulated Jira', () => {
  it('logs in on both sides while it runs, each on the Jira of its base URL', async () => {
    const { here, there } = await twoJiras()
    const key = await create(here, here, there)
    here.api.synchronize()
    expect(there.logInsOf('sync-there').succeeded).toBe(0)
    await done(here, `/integrations/${key}/start`)
    here.api.synchronize()
    expect([here.logInsOf('sync-here').succeeded, there.logInsOf('sync-there').succeeded]).toEqual([2, 2])
    expect(statusOf(here, key)).toMatchObject({
      status: 'RUNNING',
      firstConnector: { online: true },
      secondConnector: { online: true, incomingDetails: '' },
    })
    await done(here, `/integrations/${key}/stop`)
    here.api.synchronize()
    expect(there.logInsOf('sync-there').succeeded).toBe(2)
  })

  it('goes on with an old password, until its user is behind a captcha that even the right one does not pass', async () => {
    const { here, there } = await twoJiras()
    const key = await create(here, here, there)
    await done(here, `/integrations/${key}/start`)
    there.logIn.account('sync-there').password = 'new'
    here.api.synchronize()
    expect(there.logInsOf('sync-there')).toMatchObject({ failed: 1, failedInARow: 1 })
    expect(statusOf(here, key)).toMatchObject({
      status: 'RUNNING',
      firstConnector: { online: true, reconnecting: false },
      secondConnector: {
        online: false,
        reconnecting: true,
        incomingDetails: `The synchronization user sync-there could not log in to ${there.baseUrl}: 401 Unauthorized.`,
      },
    })
    here.api.synchronize()
    here.api.synchronize()
    expect(there.logIn.isCaptchaRequired('sync-there')).toBe(true)
    await done(here, `/integrations/${key}/applicationConnection`, connection({ here, there }, 'sync-here', 'new'))
    expect(statusOf(here, key).secondConnector?.incomingDetails).toContain('CAPTCHA_CHALLENGE')
    there.logIn.clearCaptcha('sync-there')
    here.api.synchronize()
    expect(statusOf(here, key).secondConnector).toMatchObject({
      online: true,
      reconnecting: false,
      incomingDetails: '',
    })
    expect(there.logInsOf('sync-there').failedInARow).toBe(0)
    expect(here.logInsOf('sync-here').failed).toBe(0)
  })

  it('counts on the user, by whatever address and from whatever server', async () => {
    const { here, there } = await twoJiras()
    there.alsoAt('https://jira.partner.example/jira')
    const wrong = { password: 'old' }
    const keys = [
      await create(here, here, { baseUrl: there.baseUrl, ...wrong }),
      await create(here, here, { baseUrl: 'https://JIRA.partner.example/jira/', ...wrong }),
    ]
    const own = await create(there, here, { baseUrl: there.baseUrl, ...wrong })
    for (const key of keys) await done(here, `/integrations/${key}/start`)
    await done(there, `/integrations/${own}/start`)
    expect(there.logInsOf('sync-there')).toMatchObject({ failed: 3, failedInARow: 3 })
    expect([there.logIn.isCaptchaRequired('sync-there'), here.logIn.isCaptchaRequired('sync-here')]).toEqual([
      true,
      false,
    ])
  })

  it('that is not answered reconnects, and counts nothing', async () => {
    const { here, there } = await twoJiras()
    const key = await create(here, here, there)
    await there.goOffline()
    await done(here, `/integrations/${key}/start`)
    expect(statusOf(here, key).secondConnector).toMatchObject({
      online: false,
      incomingDetails: `${there.baseUrl} did not answer.`,
    })
    expect(there.logInsOf('sync-there').failed).toBe(0)
    await there.start()
    here.api.synchronize()
    expect(statusOf(here, key).secondConnector?.online).toBe(true)
  })

  it('logs in at its interval', async () => {
    const { here, there } = await twoJiras({ syncEveryMs: 5 })
    const key = await create(here, here, there)
    await done(here, `/integrations/${key}/start`)
    await until('it has logged in thrice', () => there.logInsOf('sync-there').succeeded > 2)
  })

  it.each([
    [true, 'RUNNING'],
    [false, 'STOPPED'],
  ])('that was stopped is started by an update of its connection: %s', async (startsStopped, expected) => {
    const { here, there } = await twoJiras({ startsStopped })
    const key = await create(here, here, there)
    const path = `/integrations/${key}/applicationConnection`
    await done(here, path, connection({ here, there }, 'sync-here', 'sync-there'))
    expect(statusOf(here, key).status).toBe(expected)
    await done(here, `/integrations/${key}/start`)
    await done(here, path, connection({ here, there }, 'sync-here', 'sync-there'))
    expect(statusOf(here, key).status).toBe('RUNNING')
  })

  it('is updated by a version that checks only where both sides accept it, at one log-in each', async () => {
    const { here, there } = await twoJiras({ checksConnections: true })
    const key = await create(here, here, there)
    const path = `/integrations/${key}/applicationConnection`
    expect(await done(here, path, connection({ here, there }, 'sync-here', 'wrong'))).toContain('401 Unauthorized')
    expect([statusOf(here, key).status, there.failedLogIns('sync-there')]).toEqual(['STOPPED', 1])
    await done(here, `/integrations/${key}/start`)
    expect(statusOf(here, key).secondConnector?.online).toBe(true)
  })

  it('does not log in where nobody said which Jiras it reaches', async () => {
    const jira = await startJira({ accounts: [account('admin'), account('sync-here')] })
    const key = await create(jira, { baseUrl: jira.baseUrl, password: 'wrong' }, { baseUrl: jira.baseUrl })
    await done(jira, `/integrations/${key}/start`)
    expect([statusOf(jira, key).firstConnector.online, jira.failedLogIns('sync-here')]).toEqual([true, 0])
  })
})

describe('a Jira restored from a backup of another', () => {
  it('has its synchronizations, users and counters, and says that it is the other', async () => {
    const original = await startJira({ synchronizations: 3, accounts: [account('admin'), account('sync')] })
    original.logIn.attempt('sync', 'wrong')
    const copy = await SimulatedJira.restoredFrom(original).start()
    onTestFinished(() => copy.stop())
    const keysOf = (jira: SimulatedJira) =>
      [...jira.api.entries.values()].map(({ integration, status }) => [
        integration.integrationKey,
        integration.createdDate,
        integration.firstConnector.connectorKey,
        status.status,
      ])
    expect(keysOf(copy)).toEqual(keysOf(original))
    expect(copy.baseUrl).not.toBe(original.baseUrl)
    const info = async (jira: SimulatedJira) => (await ask(jira, 'GET', '/rest/api/2/serverInfo')).json().baseUrl
    expect([await info(copy), await info(original)]).toEqual([original.baseUrl, original.baseUrl])
    expect(copy.logInsOf('sync').failed).toBe(1)
  })

  it('is one of its own from then on', async () => {
    const original = await startJira({ synchronizations: 3, accounts: [account('admin'), account('sync')] })
    const copy = await SimulatedJira.restoredFrom(original).start()
    onTestFinished(() => copy.stop())
    await done(copy, '/integrations/INT-2/stop')
    copy.entry('INT-2').integration.summary = 'Changed'
    copy.logIn.attempt('sync', 'wrong')
    copy.logIn.account('sync').password = 'new'
    expect(original.entry('INT-2').integration.summary).not.toBe('Changed')
    expect([original.failedLogIns('sync'), original.logIn.account('sync').password]).toEqual([0, 'sync'])
  })
})
