import { describe, expect, it } from 'vitest'
import type { Task } from '../../src-contract/tasks.ts'
import type { FaultKind } from '../../src-simulator/faults.ts'
import type { JiraOptions, SimulatedJira } from '../../src-simulator/index.ts'
import { until } from '../../tools/until.ts'
import { fastClock } from '../support/fast-clock.ts'
import { jiraAnswer } from '../support/jira-answer.ts'
import { spoken, type Spoken } from '../support/said.ts'
import { addServer, startJira, startMain, type TestMain } from '../support/services.ts'

interface Scene {
  readonly jira: SimulatedJira
  readonly main: TestMain
  readonly ref: { readonly serverId: string; readonly key: string }
}

/** INT-2 is running, and has been read. Waits pass fast. */
async function scene(options: JiraOptions = {}, speed = 10): Promise<Scene> {
  const jira = await startJira({ synchronizations: 3, taskDurationMs: 20, ...options })
  jira.entry('INT-2').status.status = 'RUNNING'
  const main = startMain({ clock: fastClock(speed), random: () => 0, taskPollMs: 100 })
  const serverId = await addServer(main, jira)
  await main.ask('synchronizations:refresh', { serverId })
  return { jira, main, ref: { serverId, key: 'INT-2' } }
}

const begin = async (
  { main, ref }: Pick<Scene, 'main' | 'ref'>,
  operation: 'start' | 'stop' | 'restart' = 'stop',
): Promise<void> => void (await main.ask(`synchronizations:${operation}`, { targets: [ref] }))

const newest = async (main: TestMain): Promise<Task | undefined> => (await main.ask('tasks:list', {})).at(-1)

async function ended({ main, ref }: Pick<Scene, 'main' | 'ref'>): Promise<Spoken<Task>> {
  await until('the task ends', async () => (await newest(main))?.state === 'ended', 15_000)
  expect(main.services.taskStore.isBusy(ref)).toBe(false)
  return spoken((await newest(main)) as Task)
}

const running = ({ main }: Scene): Promise<void> =>
  until('it runs', async () => (await newest(main))?.state === 'running')

const task = (id: string) => ({ id, finished: false, cancelled: false, hasFailed: false, progress: 0, message: '' })
const stop = { path: '/integrations/INT-2/stop', times: 1 }
const looks = ({ jira }: Scene): number => jira.requestsTo('/async-tasks/').length

describe.each([
  ['..', '..'],
  ['blanks', '   '],
  ['5,000 letters', 'x'.repeat(5_000)],
])('a write answered with a task id of %s', (_name, id) => {
  it('is done where reading shows that it took effect', async () => {
    const stage = await scene()
    stage.jira.faults.add({ ...stop, fault: jiraAnswer(task(id)) })
    await begin(stage)
    await until('it was sent', () => stage.jira.requestsTo(stop.path).length === 1)
    stage.jira.entry('INT-2').status.status = 'STOPPED'
    expect(await ended(stage)).toMatchObject({
      outcome: 'succeeded',
      message: expect.stringMatching(/accepted the request.*STOPPED, as intended/) as string,
    })
    expect(stage.jira.requestsTo(stop.path)).toHaveLength(1)
  })

  it('is unknown if nothing shows it, and is not reported as not sent', async () => {
    const stage = await scene()
    stage.jira.faults.add({ ...stop, fault: jiraAnswer(task(id)) })
    await begin(stage)
    const { outcome, message, failure } = await ended(stage)
    expect(outcome).toBe('unknown')
    expect(failure).toMatch(/accepted the request.*RUNNING.*may still take effect/)
    expect(`${message} ${failure}`).not.toMatch(/Nothing was sent|answer was lost/)
    expect(looks(stage)).toBe(0)
  })
})

describe('a task that can never be read', () => {
  it.each<[string, FaultKind]>([
    ['is answered with another one', jiraAnswer(task('another'))],
    ['is answered with something else', jiraAnswer({})],
    ['is refused', jiraAnswer('', 400)],
    ['is gone for good', jiraAnswer('', 410)],
    ['cannot be asked for', jiraAnswer('', 405)],
    ['is larger than any task', { kind: 'large', bytes: 3_000_000 }],
    ['fails while the server answers for all else', jiraAnswer('', 500)],
    ['is refused as forged', jiraAnswer('XSRF check failed', 403)],
  ])('because it %s ends, and what it did is read', async (_name, fault) => {
    const stage = await scene()
    stage.jira.faults.add({ path: '/async-tasks/', fault })
    await begin(stage)
    expect(await ended(stage)).toMatchObject({
      outcome: 'succeeded',
      waiting: null,
      message: expect.stringMatching(/accepted the request.*cannot be read.*STOPPED, as intended/) as string,
    })
  })

  it('is reported as unknown if its write shows no effect', async () => {
    const stage = await scene({ taskDurationMs: 600_000 })
    stage.jira.faults.add({ path: '/async-tasks/', fault: jiraAnswer(task('another')) })
    await begin(stage)
    expect(await ended(stage)).toMatchObject({
      outcome: 'unknown',
      failure: expect.stringMatching(/asked for \w+ and answered with another\..*RUNNING.*may still take/) as string,
    })
  })

  it('leaves a restart stopped, and says so', async () => {
    const stage = await scene()
    stage.jira.faults.add({ path: '/async-tasks/', fault: jiraAnswer(task('another')) })
    await begin(stage, 'restart')
    expect(await ended(stage)).toMatchObject({
      outcome: 'interrupted',
      message: expect.stringMatching(/cannot be read.*is stopped, and was not started again/) as string,
    })
    expect(stage.jira.requestsTo('/integrations/INT-2/start')).toEqual([])
  })

  it('ends after a restart of Syncdeck as well', async () => {
    const stage = await scene({ taskDurationMs: 600_000 })
    await begin(stage)
    await running(stage)
    await stage.main.close()
    stage.jira.faults.add({ path: '/async-tasks/', fault: jiraAnswer(task('another')) })
    const { folder, keychain } = stage.main
    const main = startMain({ folder, keychain, clock: fastClock(10), random: () => 0, taskPollMs: 100 })
    main.services.tasks.resume()
    expect(await ended({ ...stage, main })).toMatchObject({ outcome: 'unknown' })
  })
})

describe('a write that is answered with the task of another one', () => {
  /** Stops INT-3, and answers with its task when INT-2 is asked to stop. */
  const mixedUp = async (): Promise<Scene> => {
    const stage = await scene()
    const { api } = stage.main.services.connections.get(stage.ref.serverId)
    const { id } = await api.operate('INT-3', 'stop')
    stage.jira.faults.add({ ...stop, fault: jiraAnswer(task(id)) })
    return stage
  }

  it('is not told as done where the synchronization stays as it was', async () => {
    const stage = await mixedUp()
    await begin(stage)
    expect(await ended(stage)).toMatchObject({
      outcome: 'unknown',
      failure: expect.stringMatching(/says that it is done, but.*another request.*RUNNING.*not repeated/) as string,
    })
    expect(stage.jira.requestsTo(stop.path)).toHaveLength(1)
  })

  it.each([false, true])(
    'leaves a restart at its stop, of which nothing is known (after a restart: %s)',
    async (isCut) => {
      const stage = await mixedUp()
      let main = stage.main
      if (isCut) stage.jira.faults.add({ path: '/async-tasks/', fault: { kind: 'hang' } })
      await begin(stage, 'restart')
      if (isCut) {
        await running(stage)
        await main.close()
        stage.jira.faults.clear()
        const { folder, keychain } = main
        main = startMain({ folder, keychain, clock: fastClock(10), random: () => 0, taskPollMs: 100 })
        main.services.resume()
      }
      expect(await ended({ ...stage, main })).toMatchObject({
        outcome: 'unknown',
        failure: expect.stringMatching(/says that it is done, but.*RUNNING.*not repeated/) as string,
      })
      expect(stage.jira.requestsTo('/integrations/INT-2/start')).toEqual([])
      // The other one is that of INT-3, sent by hand.
      const entries = await main.ask('audit:list', {})
      expect(entries.map(({ outcome }) => outcome)).toEqual(['unknown', 'accepted'])
    },
  )

  it('is done where the synchronization shows it a moment later', async () => {
    const stage = await mixedUp()
    await begin(stage)
    const asked = (): number => stage.jira.requestsTo('/integrations/INT-2/status').length
    const before = asked()
    await until('its state is read again', () => asked() > before + 2, 15_000)
    stage.jira.entry('INT-2').status.status = 'STOPPED'
    expect(await ended(stage)).toMatchObject({ outcome: 'succeeded' })
  })
})

describe('a task that is temporarily unreadable', () => {
  it('because its answer was mixed up is followed to its end', async () => {
    const stage = await scene()
    stage.jira.faults.add({ path: '/async-tasks/', times: 2, fault: jiraAnswer(task('another')) })
    await begin(stage)
    expect(await ended(stage)).toMatchObject({
      outcome: 'succeeded',
      message: expect.not.stringMatching(/cannot be read/) as string,
    })
  })

  it('because the server fails as a whole is waited for', async () => {
    const stage = await scene({ taskDurationMs: 600_000 })
    await begin(stage)
    await running(stage)
    stage.jira.faults.add({ path: '/', fault: jiraAnswer('', 503) })
    const before = stage.jira.seen.length
    const asked = (): number =>
      stage.jira.seen.slice(before).filter(({ path }) => path.startsWith('/async-tasks')).length
    await until('it was looked for again and again', () => asked() > 24, 15_000)
    stage.jira.faults.clear()
    expect(await newest(stage.main)).toMatchObject({ state: 'running' })
  })
})

describe.each([400, 403, 409, 410])('a write that something before Jira answers with %i and a page', (status) => {
  const page = { status, body: '<h1>Blocked by the web application firewall</h1>' } as const

  it('is done where it took effect', async () => {
    const stage = await scene()
    stage.jira.faults.add({ ...stop, fault: { kind: 'answer-after', ...page } })
    await begin(stage)
    expect(await ended(stage)).toMatchObject({ outcome: 'succeeded' })
    expect(stage.jira.requestsTo(stop.path)).toHaveLength(1)
  })

  it('is unknown where nothing shows it, and refused where Jira has signed it', async () => {
    const stage = await scene()
    stage.jira.faults.add({ ...stop, fault: { kind: 'answer', ...page } })
    await begin(stage)
    expect(await ended(stage)).toMatchObject({
      outcome: 'unknown',
      serverText: expect.stringContaining('Blocked') as string,
    })
    stage.jira.faults.add({ ...stop, fault: jiraAnswer('', status) })
    await begin(stage)
    expect(await ended(stage)).toMatchObject({ outcome: 'refused' })
  })
})

it.each([
  ['its state alone', '/integrations/INT-2/status'],
  ['whatever it is asked', '/integrations'],
])('a lost answer is unknown where the server fails for ever with %s', async (_what, path) => {
  const stage = await scene({}, 200)
  stage.jira.faults.add({ ...stop, fault: { kind: 'reset-before' } })
  stage.jira.faults.add({ path, fault: jiraAnswer('', 500) })
  await begin(stage)
  expect(await ended(stage)).toMatchObject({
    outcome: 'unknown',
    failure: expect.stringMatching(/answer was lost.*cannot be read; the request may still/) as string,
  })
  expect(stage.jira.requestsTo('/integrations/INT-2/stop')).toHaveLength(1)
})

it('a lost answer is unknown where the synchronization can never be read', async () => {
  const stage = await scene()
  stage.jira.faults.add({ ...stop, fault: { kind: 'reset-before' } })
  stage.jira.faults.add({ path: '/integrations/INT-2/status', fault: jiraAnswer('', 403) })
  await begin(stage)
  expect(await ended(stage)).toMatchObject({
    outcome: 'unknown',
    failure: expect.stringMatching(/answer was lost.*cannot be read; the request may still/) as string,
  })
})
