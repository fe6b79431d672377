import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { expect } from 'vitest'
import { join } from 'node:path'
import type { Operation } from '../../src-contract/tasks.ts'
import { checkDatabase } from '../../src-main/storage/check-database.ts'
import { until } from '../../tools/until.ts'
import { fastClock } from '../support/fast-clock.ts'
import type { MemoryKeychain } from '../support/memory-keychain.ts'
import { serverInput, startMain, type TestMain } from '../support/services.ts'
import type { SimulatedJira } from '../../src-simulator/index.ts'
import { SESSION_PATH } from '../../src-simulator/session-resource.ts'
import { setCredential } from '../support/set-credential.ts'

/** More calls than any of these stories makes: a loop that does not end is a fault itself. */
export const MOST_CALLS = 400
const ref = (serverId: string) => ({ serverId, key: 'INT-2' })

/** What was reported to the user as done; without anything that failed. */
export interface Acknowledged {
  serverId?: string | undefined
  credential?: boolean
  draft?: boolean
  stopped?: boolean
  edited?: boolean
  connected?: boolean
  created?: boolean
  deleted?: boolean
}

/** What the story gives INT-3 as its new password; nothing that can be read shows it. */
const NEW_PASSWORD = 'another sync password'

/**
 * A morning's work: a server is added and read; one synchronization is stopped and renamed, another gets a new password
 * and nothing else, a third is deleted, one is created, and a draft is left. If a step fails, the next ones continue as
 * far as they can; what was acknowledged is recorded.
 */
export async function story(main: TestMain, jira: SimulatedJira, done: Acknowledged): Promise<void> {
  const tried = async <T>(work: Promise<T>): Promise<T | undefined> =>
    work.catch((error: unknown) => {
      const { data } = error as { data?: { code: string; message: string } }
      expect(data?.message, String(error)).toMatch(/\w{3}/)
      expect(data?.code, data?.message).not.toBe('internal')
      return undefined
    })
  const isDone = async (work: Promise<unknown>): Promise<boolean> => (await tried(work.then(() => true))) === true
  done.serverId =
    (await tried(main.ask('servers:add', serverInput(jira))))?.id ??
    (await tried(main.ask('servers:add', serverInput(jira))))?.id
  const { serverId } = done
  if (serverId === undefined) return
  const credential = { kind: 'basic', user: 'admin', secret: 'admin' } as const
  const isSet = (): Promise<boolean> => isDone(setCredential(main, { serverId, credential, isSessionOnly: false }))
  done.credential = (await isSet()) || (await isSet())
  await tried(main.ask('synchronizations:refresh', { serverId }))
  await tried(main.ask('synchronizations:detail', ref(serverId)))
  done.stopped = await ended(
    main,
    tried(main.ask('synchronizations:stop', { targets: [ref(serverId)] })).then((started) => started?.taskIds[0]),
  )
  const draft = { base: { summary: jira.entry('INT-2').integration.summary }, values: { summary: 'Renamed' } }
  done.draft = await isDone(main.ask('drafts:set', { ref: ref(serverId), draft }))
  done.edited = await ended(
    main,
    tried(main.ask('synchronizations:apply-edit', { ref: ref(serverId), draft, passwords: {} })).then((result) =>
      result?.kind === 'started' ? result.taskId : undefined,
    ),
  )
  const { firstConnector, secondConnector } = jira.entry('INT-3').integration
  const onlyPassword = (connector: typeof firstConnector) => ({
    baseUrl: connector.connection.application.baseUrl,
    password: NEW_PASSWORD,
    proxy: null,
  })
  done.connected = await ended(
    main,
    tried(
      main.ask('synchronizations:update-connection', {
        ref: { serverId, key: 'INT-3' },
        form: {
          first: onlyPassword(firstConnector),
          second: secondConnector === undefined ? null : onlyPassword(secondConnector),
        },
      }),
    ).then((started) => started?.taskId),
  )
  done.deleted = await isDone(
    main.ask('synchronizations:delete', { ref: { serverId, key: 'INT-4' }, typedKey: 'INT-4' }),
  )
  const side = { projectKey: 'AP', baseUrl: 'https://jira.example', user: 'sync', password: 'sync' }
  done.created = await isDone(
    main.ask('synchronizations:create', {
      serverId,
      input: { summary: 'Created', description: '', first: side, second: { ...side, projectKey: 'BP' } },
      isStarted: false,
    }),
  )
  await tried(main.ask('synchronizations:refresh', { serverId }))
  await until(
    'no task is left open',
    async () => (await main.ask('tasks:list', {})).every(({ state }) => state === 'ended'),
    20_000,
  )
}

/** Waits for a task; returns whether it is reported as done. */
async function ended(main: TestMain, started: Promise<string | undefined>): Promise<boolean> {
  const id = await started
  if (id === undefined) return false
  const find = async () => (await main.ask('tasks:list', {})).find((task) => task.id === id)
  await until('the task ends', async () => (await find())?.state === 'ended', 20_000)
  return (await find())?.outcome === 'succeeded'
}

const PATHS: Partial<Record<Operation, string>> = {
  stop: '/integrations/INT-2/stop',
  update: '/integrations/INT-2',
  connection: '/integrations/INT-3/applicationConnection',
}

/** Whether such a task's request reached the server. */
export function isSent(jira: SimulatedJira, operation: Operation): boolean {
  return jira.requestsTo('/integrations', 'PUT').some(({ path }) => path === PATHS[operation])
}

/** What changes something; a log-out ends nothing but a session. */
const writesTo = (jira: SimulatedJira) =>
  jira.seen.filter(({ method, path }) => method !== 'GET' && path !== SESSION_PATH)

export function expectAtMostOnce(jira: SimulatedJira, where: string): void {
  const ways = Map.groupBy(writesTo(jira), ({ method, path }) => `${method} ${path}`)
  for (const [way, requests] of ways) expect(requests.length, `${where}: ${way}`).toBe(1)
  expect(jira.failedLogIns('admin'), where).toBe(0)
}

/**
 * Presses “Test once” if a log-in is reported as unanswered or cut off: it may have been refused, and only the user
 * tries again. Returns whether it was so.
 */
async function openGate(main: TestMain, serverId: string, where: string): Promise<boolean> {
  const access = async () => (await main.ask('servers:list', {})).find(({ id }) => id === serverId)?.access
  const found = await access()
  if (found?.state !== 'blocked') return false
  expect(['unanswered', 'cut-off'], where).toContain(found.reason)
  await until('the user may test once', async () => {
    await main.ask('servers:try-once', { serverId }).catch(() => undefined)
    return (await access())?.state === 'ok'
  })
  return true
}

/**
 * A new start, with nothing in the way: what was acknowledged is there, and what the server has is shown. Whether a
 * log-in was left open.
 */
export async function expectWhole(
  jira: SimulatedJira,
  folder: string,
  keychain: MemoryKeychain,
  done: Acknowledged,
  where: string,
): Promise<boolean> {
  let wasOpen = false
  // Looking must not begin one: a start that failed may have left neither.
  for (const name of ['state.db', 'cache.db'].filter((file) => existsSync(join(folder, file)))) {
    const database = new DatabaseSync(join(folder, name))
    expect(checkDatabase(database, 'integrity_check'), `${where}: ${name}`).toBe('')
    database.close()
  }
  const again = startMain({
    folder,
    keychain,
    beginsDatabases: true,
    clock: fastClock(60),
    random: () => 0,
    taskPollMs: 100,
  })
  again.services.resume()
  await until(
    'what was open is settled',
    async () => (await again.ask('tasks:list', {})).every(({ state }) => state === 'ended'),
    20_000,
  )
  expectAtMostOnce(jira, `${where}, after a restart`)
  if (done.stopped === true) expect(jira.entry('INT-2').status.status, where).toBe('STOPPED')
  if (done.connected === true) expect([...jira.entry('INT-3').syncPasswords.values()], where).toContain(NEW_PASSWORD)
  if (done.deleted === true) expect(jira.api.entries.has('INT-4'), where).toBe(false)
  if (done.edited === true) expect(jira.entry('INT-2').integration.summary, where).toBe('Renamed')
  const servers = await again.ask('servers:list', {})
  if (done.serverId !== undefined) {
    const server = servers.find(({ id }) => id === done.serverId)
    expect(server, where).toBeDefined()
    if (done.credential === true) {
      expect(server?.credential, where).toMatchObject({ user: 'admin', kept: 'keychain' })
      wasOpen = await openGate(again, done.serverId, where)
      await again.ask('synchronizations:refresh', { serverId: done.serverId })
      expect((await again.rows()).map(({ summary }) => summary).sort(), where).toEqual(
        [...jira.api.entries.values()].map(({ integration }) => integration.summary).sort(),
      )
    }
    // Every write that reached the server stands in the audit trail.
    const audited = await again.ask('audit:list', {})
    expect(audited.length, where).toBeGreaterThanOrEqual(writesTo(jira).length)
  }
  if (done.draft === true)
    expect(
      (await again.ask('drafts:list', {})).map(({ draft }) => draft.values),
      where,
    ).toEqual([{ summary: 'Renamed' }])
  await again.close()
  return wasOpen
}
