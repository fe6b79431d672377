import { existsSync } from 'node:fs'
import { DatabaseSync, StatementSync } from 'node:sqlite'
import { describe, expect, it, onTestFinished } from 'vitest'
import { join } from 'node:path'
import { said } from '../support/said.ts'
import { foreign } from '../../src-contract/messages/message.ts'
import type { Operation } from '../../src-contract/tasks.ts'
import { AppError } from '../../src-main/errors/app-error.ts'
import { createTransport, type HttpRequest, type TransportOptions } from '../../src-main/http/transport.ts'
import { checkDatabase } from '../../src-main/storage/check-database.ts'
import { until } from '../../tools/until.ts'
import { fastClock } from '../support/fast-clock.ts'
import { MemoryKeychain } from '../support/memory-keychain.ts'
import { scratchFolder } from '../support/scratch.ts'
import { serverInput, startJira, startMain, type TestMain } from '../support/services.ts'
import type { SimulatedJira } from '../../src-simulator/index.ts'
import { SESSION_PATH } from '../../src-simulator/session-resource.ts'
import { HOST } from './stage.ts'
import { setCredential } from '../support/set-credential.ts'

/** More calls than any of these stories makes: a loop that does not end is a fault itself. */
const MOST_CALLS = 400
const ref = (serverId: string) => ({ serverId, key: 'INT-2' })

/** What a user was told to be done; whatever failed is not in it. */
interface Acknowledged {
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
 * A morning's work: a server is added and read; one synchronization is stopped and renamed, another
 * gets a new password and nothing else, a third is deleted, one is created, and a draft is left. Each step goes on where an earlier one failed,
 * as far as it can; what was acknowledged is noted.
 */
async function story(main: TestMain, jira: SimulatedJira, done: Acknowledged): Promise<void> {
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

/** Waits for a task; whether it is told as done. */
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

function isSent(jira: SimulatedJira, operation: Operation): boolean {
  return jira.requestsTo('/integrations', 'PUT').some(({ path }) => path === PATHS[operation])
}

/** What changes something; a log-out ends nothing but a session. */
const writesTo = (jira: SimulatedJira) =>
  jira.seen.filter(({ method, path }) => method !== 'GET' && path !== SESSION_PATH)

function expectAtMostOnce(jira: SimulatedJira, where: string): void {
  const ways = Map.groupBy(writesTo(jira), ({ method, path }) => `${method} ${path}`)
  for (const [way, requests] of ways) expect(requests.length, `${where}: ${way}`).toBe(1)
  expect(jira.failedLogIns('admin'), where).toBe(0)
}

/** Presses “Test once” where a log-in is told as unanswered or cut off: it may have been refused, and only the user tries again. Whether it was so. */
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

/** A new start, with nothing in the way: what was acknowledged is there, and what the server has is shown. Whether a log-in was left open. */
async function expectWhole(
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
  const again = startMain({ folder, keychain, clock: fastClock(60), random: () => 0, taskPollMs: 100 })
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

describe('whichever request fails', () => {
  const unreachable = (): AppError => new AppError('net.unreachable', foreign('The network is gone.'))
  it.each<[string, number, (send: () => Promise<unknown>) => Promise<never>]>([
    ['before it is sent', 0, () => Promise.reject(unreachable())],
    [
      'after it was answered',
      1,
      (send) =>
        send().then(
          () => Promise.reject(unreachable().withLostAnswer()),
          () => Promise.reject(unreachable().withLostAnswer()),
        ),
    ],
  ])('%s, each write is sent at most once, and told as what it was', async (_name, logInsLeftOpen, fail) => {
    let count = 0
    let leftOpen = 0
    let unknown = 0
    for (let failing = 1; failing <= MOST_CALLS; failing += 1) {
      const jira = await startJira({ host: HOST, synchronizations: 4, seed: 3, embedsStatus: true })
      const keychain = new MemoryKeychain()
      let lost: { readonly path: string } | null = null as { readonly path: string } | null
      count = 0
      const failingTransport = (options: TransportOptions) => {
        const transport = createTransport(options)
        return {
          close: () => transport.close(),
          send: (request: HttpRequest) => {
            count += 1
            if (count === failing) lost = { path: new URL(request.url).pathname }
            return count === failing ? fail(() => transport.send(request)) : transport.send(request)
          },
        }
      }
      const main = startMain({
        keychain,
        clock: fastClock(60),
        random: () => 0,
        taskPollMs: 100,
        createTransport: failingTransport,
      })
      const done: Acknowledged = {}
      await story(main, jira, done)
      expectAtMostOnce(jira, `request ${failing}`)
      // A new password shows nowhere: where the answer was lost it is not known, and never done.
      if (lost !== null && lost.path.endsWith('/applicationConnection')) {
        const task = (await main.ask('tasks:list', {})).find(({ operation }) => operation === 'connection')
        expect(task?.outcome, `request ${failing}`).toBe(isSent(jira, 'connection') ? 'unknown' : 'failed')
        expect(done.connected, `request ${failing}`).toBe(false)
        unknown += 1
      }
      await main.close()
      if (await expectWhole(jira, main.folder, keychain, done, `request ${failing}`)) leftOpen += 1
      await jira.stop()
      if (count < failing) break
    }
    // The one log-in of the story; all else goes by its session.
    expect(leftOpen).toBe(logInsLeftOpen)
    expect(unknown, 'losses of the new password').toBe(1)
    expect(count).toBeGreaterThan(5)
    expect(count).toBeLessThan(MOST_CALLS)
  })
})

interface DatabaseFault {
  readonly kind: 'write' | 'read'
  readonly errcode: number
  /** Every call from the n-th on fails, not that one alone. */
  readonly isLasting: boolean
}

/** Lets the n-th call of these methods of SQLite fail, until it is restored. Counts them all. */
function failNth(
  failing: number,
  { kind, errcode, isLasting }: DatabaseFault,
): { calls: () => number; restore: () => void } {
  let calls = 0
  const words = errcode === 13 ? 'database or disk is full' : 'disk I/O error'
  const restores: (() => void)[] = []
  const patch = (prototype: object, name: string, isMeant: (first: unknown) => boolean): void => {
    const target = prototype as Record<string, (...args: unknown[]) => unknown>
    const original = target[name]
    if (original === undefined) throw new Error(`SQLite has no ${name}`)
    target[name] = function (this: unknown, ...args: unknown[]) {
      if (isMeant(args[0])) {
        calls += 1
        if (isLasting ? calls >= failing : calls === failing)
          throw Object.assign(new Error(words), { code: 'ERR_SQLITE_ERROR', errcode })
      }
      return original.apply(this, args)
    }
    restores.push(() => (target[name] = original))
  }
  if (kind === 'write') {
    patch(StatementSync.prototype, 'run', () => true)
    // A rollback that fails as well is SQLite's affair: it has ended the transaction by itself then.
    patch(DatabaseSync.prototype, 'exec', (sql) => !String(sql).startsWith('ROLLBACK'))
  } else {
    for (const name of ['get', 'all']) patch(StatementSync.prototype, name, () => true)
  }
  const restore = (): void => restores.splice(0).forEach((undo) => undo())
  onTestFinished(restore)
  return { calls: () => calls, restore }
}

describe('whichever call of a database fails', () => {
  it.each<[string, DatabaseFault]>([
    ['because the disk is full', { kind: 'write', errcode: 13, isLasting: false }],
    ['because the disk is full and stays so', { kind: 'write', errcode: 13, isLasting: true }],
    ['because the disk cannot be read', { kind: 'read', errcode: 10, isLasting: false }],
  ])(
    '%s, nothing acknowledged is lost, nothing is sent twice, and the next start is whole',
    async (_name, databaseFault) => {
      let calls = 0
      for (let failing = 1; failing <= MOST_CALLS; failing += 1) {
        const jira = await startJira({ host: HOST, synchronizations: 4, seed: 3, embedsStatus: true })
        const [folder, keychain] = [scratchFolder(), new MemoryKeychain()]
        const done: Acknowledged = {}
        const fault = failNth(failing, databaseFault)
        try {
          const main = startMain({ folder, keychain, clock: fastClock(60), random: () => 0, taskPollMs: 100 })
          await story(main, jira, done)
          // The server did what it was asked; a disk does not change that, nor what is told of it.
          for (const { operation, outcome, failure } of await main.ask('tasks:list', {})) {
            const wasSent = isSent(jira, operation)
            expect(outcome, `call ${failing}, ${operation}: ${said(failure)}`).toBe(wasSent ? 'succeeded' : 'failed')
          }
          expect(done.created ?? false, `call ${failing}: created`).toBe(
            jira.requestsTo('/integrations', 'POST').length === 1,
          )
          expect(done.deleted ?? false, `call ${failing}: deleted`).toBe(
            jira.requestsTo('/integrations', 'DELETE').length === 1,
          )
          await main.close()
        } catch (error) {
          if (error instanceof Error && error.name === 'AssertionError') throw error
          // The databases could not be opened: the application says so and leaves, having touched nothing.
          expect(done, `call ${failing}: ${(error as Error).stack}`).toEqual({})
        }
        calls = fault.calls()
        fault.restore()
        expectAtMostOnce(jira, `call ${failing}`)
        // Where the note of a log-in cannot be taken away after its answer, the next start asks the user, and sends nothing.
        const wasLeftOpen = await expectWhole(jira, folder, keychain, done, `call ${failing}`)
        if (databaseFault.kind === 'read') expect(wasLeftOpen, `call ${failing}`).toBe(false)
        await jira.stop()
        if (calls < failing) break
      }
      expect(calls).toBeGreaterThan(5)
      expect(calls).toBeLessThan(MOST_CALLS)
    },
  )
})
