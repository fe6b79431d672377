import { describe, expect, it } from 'vitest'
import type { NewSynchronization } from '../../src-contract/editing.ts'
import type { AppErrorData } from '../../src-contract/errors.ts'
import type { SimulatedJira } from '../../src-simulator/index.ts'
import type { Integration } from '../../src-simulator/model.ts'
import { changedAnswers } from '../support/changed-answers.ts'
import { said, spoken, type Spoken } from '../support/said.ts'
import { addServer, startJira, startMain, type TestMain } from '../support/services.ts'

const side = (projectKey: string) => ({
  projectKey,
  baseUrl: `https://${projectKey.toLowerCase()}.example/jira`,
  user: 'backbone',
  password: 'canary-new',
})
const INPUT: NewSynchronization = { summary: 'Ours', description: '', first: side('PA'), second: side('PB') }

interface Scene {
  readonly jira: SimulatedJira
  readonly main: TestMain
  create(): Promise<{ key: string; note: string }>
}

/**
 * A server whose answers to creations arrive as what `mixUp` makes of them, after it changed what it likes on the
 * server.
 */
async function scene(mixUp: (created: Integration, jira: SimulatedJira) => unknown): Promise<Scene> {
  const jira = await startJira({ synchronizations: 3, embedsStatus: true })
  const main = startMain({
    createTransport: changedAnswers(({ method, url }, response) =>
      method === 'POST' && url.pathname.endsWith('/integrations')
        ? { ...response, body: JSON.stringify(mixUp(JSON.parse(response.body) as Integration, jira)) }
        : response,
    ),
  })
  const serverId = await addServer(main, jira)
  await main.ask('synchronizations:refresh', { serverId })
  return {
    jira,
    main,
    create: async () => {
      const { key, note } = await main.ask('synchronizations:create', { serverId, input: INPUT, isStarted: true })
      return { key, note: said(note) }
    },
  }
}

/** Puts another synchronization onto the server: one as ours would be, but for what `change` does to it. */
function another(jira: SimulatedJira, ours: Integration, change: (integration: Integration) => void): Integration {
  const integration = { ...structuredClone(ours), integrationKey: 'INT-77' }
  change(integration)
  jira.api.put({ ...structuredClone(jira.entry(ours.integrationKey)), integration })
  return integration
}

const failure = async (asking: Promise<unknown>): Promise<Spoken<AppErrorData>> =>
  asking.then(
    () => Promise.reject(new Error('It succeeded')),
    (error: { data: Spoken<AppErrorData> }) => error.data,
  )

const audited = async (main: TestMain): Promise<string[]> =>
  (await main.ask('audit:list', {})).map(({ outcome, details }) => `${outcome}: ${said(details)}`)

const ANSWERED = 'The server answered with another synchronization, not with the new one: INT-77'

function expectOnePost({ jira }: Scene): void {
  expect(jira.seen.filter(({ method }) => method !== 'GET').map(({ method }) => method)).toEqual(['POST'])
}

describe('a creation that is answered with a synchronization', () => {
  it.each<[string, (integration: Integration) => void]>([
    ['of another name', (made) => (made.summary = 'Theirs')],
    ['of another first project', (made) => (made.firstConnector.projectKey = 'PX')],
    ['of another second project', (made) => Object.assign(made.secondConnector ?? {}, { projectKey: 'PX' })],
    [
      'with another first base URL',
      (made) => (made.firstConnector.connection.application.baseUrl = 'https://other.example'),
    ],
    [
      'with another second base URL',
      (made) => Object.assign(made.secondConnector?.connection.application ?? {}, { baseUrl: 'https://other.example' }),
    ],
  ])('%s is not known to have done anything, and nothing is started', async (_what, change) => {
    const stage = await scene((ours, jira) => {
      const theirs = another(jira, ours, change)
      jira.api.entries.delete(ours.integrationKey)
      return theirs
    })
    const { isOutcomeUnknown, message, advice } = await failure(stage.create())
    expect(isOutcomeUnknown).toBe(true)
    expect(message).toMatch(
      new RegExp(`^${ANSWERED} “.*It is not known whether “Ours” was created.*but different: INT-77`),
    )
    expect(advice).toContain('was not repeated, and nothing was started')
    expectOnePost(stage)
    expect(await stage.main.ask('tasks:list', {})).toEqual([])
    expect(spoken((await stage.main.ask('notifications:list', {}))[0])).toMatchObject({
      title: 'It is not known whether “Ours” was created on Test Jira',
      text: expect.stringContaining(ANSWERED) as string,
    })
  })

  it('of somebody else is found in the list where it took effect; neither of them is started, or noted as made by it', async () => {
    const stage = await scene((ours, jira) => another(jira, ours, (made) => (made.summary = 'Theirs')))
    const { key, note } = await stage.create()
    expect(stage.jira.entry(key).integration.summary).toBe('Ours')
    expect(note).toMatch(new RegExp(`^${ANSWERED} “Theirs”\\. Since then ${key} has appeared.*was not started`))
    expectOnePost(stage)
    expect(await audited(stage.main)).toEqual([`lost: ${ANSWERED} “Theirs”.`])
  })

  it('like it that was there before is not known to have done anything', async () => {
    let earlier: Integration | null = null
    const stage = await scene((ours, jira) => {
      if (earlier !== null) jira.api.entries.delete(ours.integrationKey)
      return earlier ?? ours
    })
    const { key } = await stage.create()
    const entry = stage.jira.entry(key)
    // As if somebody else had made it.
    stage.jira.api.entries.delete(key)
    earlier = { ...entry.integration, integrationKey: 'INT-77' }
    stage.jira.api.put({ ...entry, integration: earlier })
    expect((await failure(stage.create())).message).toMatch(new RegExp(`^${ANSWERED} “Ours”.*Nothing new has appeared`))
  })

  it('that another creation of ours made is not taken for this one’s', async () => {
    let first: Integration | null = null
    const stage = await scene((ours, jira) => {
      if (first !== null) jira.api.entries.delete(ours.integrationKey)
      return (first ??= ours)
    })
    const both = await Promise.allSettled([stage.create(), stage.create()])
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  })

  it('as it was asked for is done, and started, though its base URLs have got a slash at their end', async () => {
    const stage = await scene((ours) => ({
      ...ours,
      firstConnector: {
        ...ours.firstConnector,
        connection: {
          application: { ...ours.firstConnector.connection.application, baseUrl: `${side('PA').baseUrl}/` },
        },
      },
    }))
    const { key, note } = await stage.create()
    expect(note).toBe('')
    expect(await audited(stage.main)).toContain(`accepted: ${key}`)
    expect(await stage.main.ask('tasks:list', {})).toMatchObject([{ operation: 'start', key }])
  })
})
