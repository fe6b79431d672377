import { expect } from 'vitest'
import type { NewSynchronization } from '../../src-contract/editing.ts'
import type { JiraOptions, SimulatedJira } from '../../src-simulator/index.ts'
import { addServer, startJira, startMain, type TestMain, type TestMainOptions } from './services.ts'
import { said } from './said.ts'

/** A Jira with three synchronizations, and the main process that has read them. */
export interface Scene {
  readonly jira: SimulatedJira
  readonly main: TestMain
  readonly ref: { readonly serverId: string; readonly key: string }
}

export async function scene(
  options: JiraOptions = {},
  mainOptions: TestMainOptions = {},
  user = 'admin',
): Promise<Scene> {
  const jira = await startJira({ synchronizations: 3, seed: 3, embedsStatus: true, ...options })
  const main = startMain(mainOptions)
  const serverId = await addServer(
    main,
    jira,
    user === 'token' ? { kind: 'token', user: '', secret: 'admin-token' } : {},
  )
  await main.ask('synchronizations:refresh', { serverId })
  return { jira, main, ref: { serverId, key: 'INT-2' } }
}

const side = (projectKey: string) => ({
  projectKey,
  baseUrl: `https://${projectKey.toLowerCase()}.example/jira`,
  user: 'backbone',
  password: 'canary-new',
})
export const input: NewSynchronization = { summary: 'New', description: '', first: side('PA'), second: side('PB') }

/** Creates one like `input`, and starts it if it was answered. */
export const create = async ({ main, ref }: Scene): Promise<{ key: string; note: string }> => {
  const { key, note } = await main.ask('synchronizations:create', { serverId: ref.serverId, input, isStarted: true })
  return { key, note: said(note) }
}
/** What a request that must fail fails with. */
export const failure = async (
  asking: Promise<unknown>,
): Promise<{ code: string; message: string; advice?: string; isOutcomeUnknown?: boolean }> =>
  asking.then(
    () => Promise.reject(new Error('It succeeded')),
    (error: { data: never }) => error.data,
  )

/** Somebody else creates one like ours, but for what `change` does to it. */
export function othersCreate(
  { jira }: Scene,
  key: string,
  change: (made: ReturnType<SimulatedJira['entry']>['integration']) => void = () => undefined,
): void {
  const made = structuredClone(jira.entry('INT-2'))
  const { integration } = made
  Object.assign(integration, { integrationKey: key, summary: 'New', createdUser: 'admin' })
  for (const [connector, { projectKey, baseUrl, user }] of [
    [integration.firstConnector, side('PA')],
    [integration.secondConnector, side('PB')],
  ] as const) {
    if (connector === undefined) throw new Error('INT-2 needs two sides')
    connector.projectKey = projectKey
    connector.connection.application = { baseUrl, user }
  }
  change(integration)
  jira.api.put(made)
}

/** Nothing was started, and nothing was sent twice. */
export function expectOnePost({ jira }: Scene): void {
  expect(jira.requestsTo('/integrations', 'POST')).toHaveLength(1)
  expect(jira.seen.filter(({ path }) => path.endsWith('/start'))).toEqual([])
}
