import { afterAll, onTestFinished } from 'vitest'
import type { Bridge } from '../../src-contract/bridge.ts'
import { SimulatedJira, type JiraOptions } from '../../src-simulator/index.ts'
import type { Account } from '../../src-simulator/account.ts'
import { launchSyncdeck, type LaunchedApp } from '../../tools/launch/launch-syncdeck.ts'
import { SyncdeckPage, type ServerEntry } from '../../tools/launch/syncdeck-page.ts'
import { startKeyring, type Keyring } from '../../tools/keyring/keyring.ts'
import { patience } from '../../tools/patience.ts'
import { lastingFolder, scratchFolder } from '../support/scratch.ts'
import { Canary, SECRETS, watchSessions } from './canary.ts'

/** A profile, and a keyring, in which the application can be started again and again. */
export interface Desk {
  readonly profile: string
  readonly keyring: Keyring
  readonly canary: Canary
  start(env?: Readonly<Record<string, string>>): Promise<Session>
}

/** A started application. What the page writes to its console as an error fails the test. */
export interface Session {
  readonly app: LaunchedApp
  readonly ui: SyncdeckPage
}

let shared: Promise<Keyring> | null = null
afterAll(async () => (await shared)?.stop())

/** The keyring for all tests of a file: its entries belong to servers that each test adds again. */
function sharedKeyring(): Promise<Keyring> {
  shared ??= startKeyring()
  return shared
}

export async function openDesk(): Promise<Desk> {
  const profile = scratchFolder()
  const canary = new Canary(profile, scratchFolder())
  onTestFinished(() => {
    canary.expectNone()
    canary.expectNoFaults()
  })
  const keyring = await sharedKeyring()
  return {
    profile,
    keyring,
    canary,
    start: async (env = {}) => {
      const app = await launchSyncdeck({ userData: profile, env: { ...keyring.env, ...canary.env, ...env } })
      canary.watch(app)
      onTestFinished(() => app.kill().catch(() => undefined))
      failOnFaults(app)
      return show(app)
    },
  }
}

interface Standing {
  readonly app: LaunchedApp
  readonly canary: Canary
  readonly end: () => Promise<void>
}

let standing: Promise<Standing> | null = null
afterAll(async () => (await standing?.catch(() => null))?.end())

/**
 * An application without servers: the one of an earlier test of the file, without what that one added. For tests that
 * are not about a restart, nor about what is kept of removed servers: a start takes six seconds of processor time.
 */
export async function startEmpty(): Promise<Session> {
  const isNew = standing === null
  standing ??= launchStanding()
  const { app, canary } = await standing
  onTestFinished(() => {
    canary.expectNone()
    canary.expectNoFaults()
  })
  failOnFaults(app)
  if (!isNew) {
    await app.page.evaluate(async () => {
      const { request } = (globalThis as unknown as { readonly syncdeck: Bridge }).syncdeck
      const answer = (await request['servers:list']({})) as { readonly value: readonly { readonly id: string }[] }
      for (const { id } of answer.value) await request['servers:remove']({ serverId: id })
      await request['tasks:clear-ended']({})
      await request['settings:set']({ shownLists: {} })
      localStorage.clear()
    })
    await app.page.reload()
  }
  const session = await show(app)
  await session.ui.at('first-add').waitFor()
  return session
}

async function launchStanding(): Promise<Standing> {
  const [profile, notes] = [lastingFolder(), lastingFolder()]
  const canary = new Canary(profile.path, notes.path)
  const keyring = await sharedKeyring()
  const app = await launchSyncdeck({ userData: profile.path, env: { ...keyring.env, ...canary.env } })
  canary.watch(app)
  const end = async (): Promise<void> => {
    await app.kill().catch(() => undefined)
    profile.remove()
    notes.remove()
  }
  return { app, canary, end }
}

function failOnFaults({ page }: LaunchedApp): void {
  const faults: string[] = []
  const note = (error: Error): void => void faults.push(error.message)
  page.on('pageerror', note)
  onTestFinished(() => {
    page.off('pageerror', note)
    if (faults.length > 0) throw new Error(`The page threw: ${faults.join('; ')}`)
  })
}

async function show(app: LaunchedApp): Promise<Session> {
  app.page.setDefaultTimeout(patience(30_000))
  await app.page.setViewportSize({ width: 1280, height: 800 })
  // What opens is there at once: less to draw and to wait for. The tour walks with motion.
  await app.page.emulateMedia({ reducedMotion: 'reduce' })
  await app.page.getByText('Syncdeck', { exact: true }).waitFor()
  return { app, ui: new SyncdeckPage(app.page) }
}

/** The account that specs log in with. */
export function administrator(): Account {
  return {
    name: 'admin',
    password: SECRETS.password,
    tokens: [SECRETS.token],
    role: 'system-administrator',
    projects: [],
  }
}

export async function startJira(options: JiraOptions = {}): Promise<SimulatedJira> {
  const jira = await new SimulatedJira({
    taskDurationMs: 300,
    embedsStatus: true,
    accounts: [administrator()],
    ...options,
  }).start()
  watchSessions(jira)
  onTestFinished(() => jira.stop())
  return jira
}

/** What a user enters for a simulated Jira. */
export function entryOf(jira: SimulatedJira, name: string, more: Partial<ServerEntry> = {}): ServerEntry {
  return { address: jira.baseUrl, name, user: 'admin', password: SECRETS.password, environment: 'Test', ...more }
}
