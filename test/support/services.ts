import { fdatasyncSync } from 'node:fs'
import * as v from 'valibot'
import { onTestFinished } from 'vitest'
import { worded } from './said.ts'
import type { RequestChannel } from '../../src-contract/channels.ts'
import type { EventMessage, RequestArgs, RequestValue } from '../../src-contract/contract.ts'
import type { Notification } from '../../src-contract/notifications.ts'
import { synchronizationRowSchema, type SynchronizationRow } from '../../src-contract/synchronizations.ts'
import type { ServerInput } from '../../src-contract/servers.ts'
import { createServices, type Services } from '../../src-main/app/services.ts'
import type { Host } from '../../src-main/app/host.ts'
import type { Clock } from '../../src-main/clock.ts'
import { answerRequest } from '../../src-main/ipc/answer-request.ts'
import { createHandlers } from '../../src-main/app/handlers.ts'
import type { Logger } from '../../src-main/logging/logger.ts'
import { SimulatedJira, type JiraOptions } from '../../src-simulator/index.ts'
import { MemoryKeychain } from './memory-keychain.ts'
import { layNewDatabases } from './new-databases.ts'
import { scratchFolder } from './scratch.ts'
import { SimulatedClock } from './simulated-clock.ts'

/** The main process without Electron: all services over real HTTP and real SQLite, asked as the renderer asks. */
export interface TestMain {
  readonly services: Services
  readonly keychain: MemoryKeychain
  readonly events: EventMessage[]
  readonly log: string[]
  readonly opened: string[]
  /** The notifications sent to the operating system. */
  readonly told: Notification[]
  /** Exported files by name. */
  readonly saved: Map<string, string>
  readonly folder: string
  /** Asks on a channel and returns the value; throws the error's data. */
  ask<C extends RequestChannel>(channel: C, args: RequestArgs<C>): Promise<RequestValue<C>>
  /** All rows of the table, each checked by the contract's schema. */
  rows(): Promise<SynchronizationRow[]>
  close(): Promise<void>
}

export interface TestMainOptions {
  readonly folder?: string
  readonly keychain?: MemoryKeychain
  readonly clock?: Clock
  readonly random?: () => number
  readonly createTransport?: Host['createTransport']
  readonly taskPollMs?: number
  readonly isReadOnly?: boolean
  /** What the operating system says about proxies, as a PAC result. */
  readonly systemProxy?: string
  /** What the program shows of itself. */
  readonly checkQuietly?: NonNullable<Host['checkQuietly']>
  /** What the user answers outside the page; without it they agree. */
  readonly confirm?: Host['confirm']
  /** For tests that are about a first start: it begins its databases itself, and is given none that are new. */
  readonly beginsDatabases?: boolean
  /** The file that the user would choose. */
  readonly fileToChoose?: () => string
}

export function startMain(options: TestMainOptions = {}): TestMain {
  const folder = options.folder ?? scratchFolder()
  if (options.beginsDatabases !== true) layNewDatabases(folder)
  const keychain = options.keychain ?? new MemoryKeychain()
  const events: EventMessage[] = []
  const log: string[] = []
  const opened: string[] = []
  const saved = new Map<string, string>()
  const told: Notification[] = []
  const logger: Logger = { write: (level, event, fields) => void log.push(JSON.stringify({ level, event, ...fields })) }
  const services = createServices({
    folder,
    keychain,
    logger,
    send: (message) => events.push(message),
    saveFile: async (name, text) => {
      saved.set(name, text)
      return `/saved/${name}`
    },
    chooseFile: async () => options.fileToChoose?.() ?? null,
    confirm: options.confirm ?? (async () => true),
    writeClipboard: () => Promise.resolve(),
    readLog: () => log.join('\n'),
    openExternal: async (address) => void opened.push(address),
    app: {
      version: '0.0.0',
      runtime: 'test',
      platform: 'linux',
      systemLanguages: ['en'],
      isReadOnly: options.isReadOnly ?? false,
    },
    resolveSystemProxy: async () => options.systemProxy ?? 'DIRECT',
    notify: (notification) => void told.push(notification),
    setBadge: () => undefined,
    taskPollMs: options.taskPollMs ?? 15,
    // The real disk, which takes none of a simulated clock's time.
    ...(options.clock && { clock: options.clock, syncFile: async (file: number) => fdatasyncSync(file) }),
    ...(options.checkQuietly && { checkQuietly: options.checkQuietly }),
    ...(options.random && { random: options.random }),
    ...(options.createTransport && { createTransport: options.createTransport }),
  })
  const handlers = createHandlers(services)
  const ask: TestMain['ask'] = async (channel, args) => {
    const answer = await answerRequest(channel, args, handlers[channel], logger)
    if (answer.ok) return answer.value
    const data = worded(answer.error)
    throw Object.assign(new Error(data.message), { data })
  }
  const atEnd = closeAtEnd()
  const close = async (): Promise<void> => {
    if (atEnd.close === null) return
    atEnd.close = null
    const closing = services.close()
    // What closing waits for takes simulated time as well.
    if (options.clock instanceof SimulatedClock) await options.clock.advance(3_000)
    await closing
  }
  atEnd.close = close
  return {
    services,
    keychain,
    events,
    log,
    opened,
    saved,
    told,
    folder,
    close,
    ask,
    rows: async () =>
      v.parse(v.array(synchronizationRowSchema), JSON.parse((await ask('synchronizations:list', {})).rows)),
  }
}

/** A test may start thousands; one that it closed itself must be free to go before the test ends. */
function closeAtEnd(): { close: (() => Promise<void>) | null } {
  const atEnd: { close: (() => Promise<void>) | null } = { close: null }
  onTestFinished(() => atEnd.close?.())
  return atEnd
}

/** A running simulated Jira that ends with the test. */
export async function startJira(options: JiraOptions = {}): Promise<SimulatedJira> {
  const jira = await new SimulatedJira(options).start()
  onTestFinished(() => jira.stop())
  return jira
}

export function serverInput(jira: SimulatedJira, more: Partial<ServerInput> = {}): ServerInput {
  return {
    name: 'Test Jira',
    address: jira.baseUrl,
    apiPath: '',
    environment: 'test',
    projectKeys: [],
    caPem: '',
    allowPlainHttp: true,
    ...more,
  }
}

/** Adds a server with a password, and returns its id. */
export async function addServer(
  main: TestMain,
  jira: SimulatedJira,
  more: Partial<ServerInput> & { user?: string; secret?: string; kind?: 'basic' | 'token' } = {},
): Promise<string> {
  const { user = 'admin', secret = 'admin', kind = 'basic', ...input } = more
  const { id } = await main.ask('servers:add', { ...serverInput(jira, input), credential: { kind, user, secret } })
  return id
}
