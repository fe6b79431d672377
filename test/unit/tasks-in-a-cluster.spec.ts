import { describe, expect, it } from 'vitest'
import type { Task } from '../../src-contract/tasks.ts'
import type { JiraOptions, SimulatedJira } from '../../src-simulator/index.ts'
import { until } from '../../tools/until.ts'
import { fastClock } from '../support/fast-clock.ts'
import { spoken, type Spoken } from '../support/said.ts'
import { addServer, startJira, startMain, type TestMain } from '../support/services.ts'

interface Scene {
  readonly jira: SimulatedJira
  readonly main: TestMain
  readonly serverId: string
  /** The node that has the task, and the one that has not. */
  readonly home: string
  readonly elsewhere: string
}

const LONG = { taskDurationMs: 600_000 }
const TOKEN = { kind: 'token', user: '', secret: 'admin-token' } as const
const WAITS_PASS_FAST = { random: () => 0, taskPollMs: 100 }
const looks = ({ jira }: Pick<Scene, 'jira'>) => jira.requestsTo('/async-tasks/')

const newest = async (main: TestMain): Promise<Task | undefined> => (await main.ask('tasks:list', {})).at(-1)

async function ended({ main }: Pick<Scene, 'main'>): Promise<Spoken<Task>> {
  await until('the task ends', async () => (await newest(main))?.state === 'ended', 15_000)
  return spoken((await newest(main)) as Task)
}

/** INT-2, which was running, is being stopped by one of two nodes. */
async function scene(options: JiraOptions, credential: Parameters<typeof addServer>[2] = {}): Promise<Scene> {
  const jira = await startJira({ synchronizations: 3, nodes: 2, ...options })
  jira.entry('INT-2').status.status = 'RUNNING'
  const main = startMain({ clock: fastClock(10), ...WAITS_PASS_FAST })
  const serverId = await addServer(main, jira, credential)
  await main.ask('synchronizations:refresh', { serverId })
  await main.ask('synchronizations:stop', { targets: [{ serverId, key: 'INT-2' }] })
  await until('it runs', async () => (await newest(main))?.state === 'running')
  const home = jira.requestsTo('/integrations/INT-2/stop').at(-1)?.node ?? ''
  const elsewhere = home === 'node1' ? 'node2' : 'node1'
  return { jira, main, serverId, home, elsewhere }
}

/**
 * Until it was asked for the task, the node that does not have it gets everything. The first question may be one of an
 * earlier Syncdeck.
 */
async function leadElsewhere({ jira, home, elsewhere }: Scene): Promise<void> {
  const missed = () => looks({ jira }).filter(({ node, status }) => node === elsewhere && status === 404).length
  await until('the other node is asked for the task', () => missed() > 1)
  jira.cluster.bringBack(home)
}

async function restart(stage: Scene): Promise<Scene> {
  await stage.main.close()
  stage.jira.cluster.takeOut(stage.home)
  const { folder, keychain } = stage.main
  const main = startMain({ folder, keychain, clock: fastClock(10), ...WAITS_PASS_FAST })
  main.services.tasks.resume()
  return { ...stage, main }
}

function endSession(stage: Scene): Scene {
  stage.jira.cluster.takeOut(stage.home)
  stage.jira.cluster.endSessions()
  return stage
}

const notFound = /accepted the request.*cannot be found.*another node/

describe.each([
  ['whose session, which leads to its node, ends', { stickiness: 'JSESSIONID' }, {}, endSession],
  ['over a restart of Syncdeck, by a session that leads there', { stickiness: 'JSESSIONID' }, {}, restart],
  ['over a restart of Syncdeck, by a balancer’s cookie', { stickiness: 'ROUTEID' }, {}, restart],
  ['over a restart of Syncdeck, without sessions', { stickiness: 'ROUTEID', hasSessions: false }, {}, restart],
  ['over a restart of Syncdeck, with a token', { stickiness: 'ROUTEID' }, TOKEN, restart],
] as const)('a task on another node: %s', (_name, options, credential, then) => {
  it('is not lost: where the synchronization shows that it took effect, it is done', async () => {
    const stage = await then(await scene({ ...LONG, ...options }, credential))
    await leadElsewhere(stage)
    stage.jira.entry('INT-2').status.status = 'STOPPED'
    expect(await ended(stage)).toMatchObject({
      outcome: 'succeeded',
      message: expect.stringMatching(notFound) as string,
    })
    expect(stage.jira.requestsTo('/integrations/INT-2/stop')).toHaveLength(1)
    expect([stage.jira.failedLogIns('admin'), stage.jira.refusedTokens]).toEqual([0, 0])
  })

  it('is not lost: where nothing shows its effect, it is unknown after ten looks', async () => {
    const stage = await then(await scene({ ...LONG, ...options }, credential))
    await leadElsewhere(stage)
    expect(await ended(stage)).toMatchObject({
      outcome: 'unknown',
      failure: expect.stringMatching(/cannot be found.*RUNNING; the request may still take effect/) as string,
    })
    expect([10, 11]).toContain(looks(stage).filter(({ status }) => status === 404).length)
  })
})

it.each(['JSESSIONID', 'none'] as const)(
  'a token’s task is found on whichever node it is, where nothing leads there (%s)',
  async (stickiness) => {
    const stage = await scene({ stickiness, taskDurationMs: 300 }, TOKEN)
    expect(await ended(stage)).toMatchObject({
      outcome: 'succeeded',
      message: expect.not.stringMatching(notFound) as string,
    })
    expect(looks(stage).map(({ status }) => status)).toContain(404)
    expect(stage.jira.refusedTokens).toBe(0)
  },
)

it('a task that was found again after a restart is lost once its node forgets it', async () => {
  const stage = await scene({ ...LONG, stickiness: 'ROUTEID' })
  const { folder, keychain } = stage.main
  await stage.main.close()
  stage.jira.cluster.takeOut(stage.elsewhere)
  const main = startMain({ folder, keychain, clock: fastClock(10), ...WAITS_PASS_FAST })
  main.services.tasks.resume()
  const before = looks(stage).length
  await until(
    'it is found',
    () =>
      looks(stage)
        .slice(before)
        .filter(({ status }) => status === 200).length > 3,
  )
  for (const { tasks } of stage.jira.cluster.nodes) tasks.forget()
  expect(await ended({ main })).toMatchObject({ outcome: 'lost' })
})

it('a task that is not found while nothing else is, as behind a proxy without a server, is not lost', async () => {
  const stage = await scene({ taskDurationMs: 400, nodes: 1 })
  stage.jira.faults.add({ path: '/', fault: { kind: 'answer', status: 404, body: 'default backend - 404' } })
  await until('it was looked for', () => looks(stage).filter(({ status }) => status === 404).length > 3)
  stage.jira.faults.clear()
  expect(await ended(stage)).toMatchObject({
    outcome: 'succeeded',
    message: expect.not.stringMatching(notFound) as string,
  })
})

it('a task that only somebody else may read is not lost: what it did is read', async () => {
  const stage = await scene(LONG)
  stage.jira.faults.add({ path: '/async-tasks', fault: { kind: 'answer', status: 403, body: '' } })
  stage.jira.entry('INT-2').status.status = 'STOPPED'
  expect(await ended(stage)).toMatchObject({
    outcome: 'succeeded',
    message: expect.stringMatching(/by the user who started it.*as intended/) as string,
  })
})
