import { writeFileSync } from 'node:fs'
import { said, worded } from '../support/said.ts'
import type { ErrorCode, WordedError } from '../../src-contract/errors.ts'
import type { Draft, PasswordField } from '../../src-contract/editing.ts'
import { draftValues } from '../../src-contract/draft-values.ts'
import { until } from '../../tools/until.ts'
import type { Conflict } from '../../src-simulator/model.ts'
import type { Stage } from './stage.ts'
import type { Message } from '../../src-contract/messages/message.ts'

/** Why something could not be read; without a code where an earlier reading stands in. */
export interface Failure {
  readonly code?: ErrorCode
  readonly message: string
}

/** Something that is read. `shown`: what Syncdeck has of it in memory and cache; `truth`: what the server has. */
export interface ReadPath {
  readonly name: string
  readonly path: (stage: Stage) => string
  /** Changes it on the server, so that what was read before is no longer true. */
  readonly change: (stage: Stage, count: number) => void
  /** Reads it again; throws, or returns why it could not. */
  readonly read: (stage: Stage) => Promise<Failure | null>
  readonly shown: (stage: Stage) => Promise<unknown>
  readonly truth: (stage: Stage) => unknown
}

const problemOf = (answer: { source: string; problem: Message | null } | null): Failure | null =>
  answer === null || answer.source === 'live' ? null : { message: said(answer.problem) }

export const READS: readonly ReadPath[] = [
  {
    name: 'the list',
    path: () => '/integrations',
    change: ({ jira }, count) => void (jira.entry('INT-2').integration.summary = `List ${count}`),
    read: async ({ main, ref }) => {
      if (await main.services.reader.refresh(ref.serverId)) return null
      // A server that asks to wait is not in trouble: what it last said stays, until it may be asked again.
      const error = (await main.ask('servers:list', {}))[0]?.reach.error
      return error == null ? { code: 'http.rate-limited', message: 'It asks to wait.' } : worded(error)
    },
    shown: async ({ main }) => Object.fromEntries((await main.rows()).map(({ key, summary }) => [key, summary])),
    truth: ({ jira }) =>
      Object.fromEntries(
        [...jira.api.entries.values()].map(({ integration }) => [integration.integrationKey, integration.summary]),
      ),
  },
  {
    name: 'a state',
    path: () => '/integrations/INT-2/status',
    change: ({ jira }, count) => void (jira.entry('INT-2').status.status = `WORD${count}`),
    read: async ({ main, ref }) => {
      await main.services.reader.refreshStatus(ref)
      return null
    },
    shown: async ({ main, ref }) => main.services.directory.find(ref)?.status?.word,
    truth: ({ jira }) => jira.entry('INT-2').status.status,
  },
  {
    name: 'the details',
    path: () => '/integrations/INT-2',
    change: ({ jira }, count) => void (jira.entry('INT-2').integration.description = `Details ${count}`),
    read: async ({ main, ref }) => problemOf(await main.ask('synchronizations:detail', ref)),
    shown: async ({ main, ref }) =>
      /"description": ?"([^"]*)"/.exec(
        JSON.stringify(await main.ask('synchronizations:detail', { ...ref, isCached: true })).replaceAll('\\"', '"'),
      )?.[1],
    truth: ({ jira }) => jira.entry('INT-2').integration.description,
  },
  {
    name: 'the conflicts',
    path: () => '/integrations/INT-2/conflicts',
    change: ({ jira }, count) =>
      void (jira.entry('INT-2').conflicts = [
        { connectorKey: '', type: 'FIELD', field: 'summary', message: `Conflict ${count}`, severity: 'ERROR' },
      ] as unknown as Conflict[]),
    read: async ({ main, ref }) => {
      await main.ask('conflicts:refresh', ref)
      return null
    },
    shown: async ({ main }) =>
      (await main.ask('conflicts:list', {})).conflicts
        .filter(({ goneAt }) => goneAt === null)
        .map(({ message }) => message),
    truth: ({ jira }) => jira.entry('INT-2').conflicts.map((conflict) => (conflict as { message: string }).message),
  },
  {
    name: 'the links',
    path: ({ connectorKey }) => `/connectors/${connectorKey}/syncInformation`,
    change: ({ jira }) => void jira.entry('INT-2').links.shift(),
    read: async ({ main, ref, connectorKey }) =>
      problemOf(await main.ask('connectors:links', { ...ref, connectorKey })),
    shown: async ({ main, ref, connectorKey }) =>
      (await main.ask('connectors:links', { ...ref, connectorKey, isCached: true }))?.links.map(({ id }) => id),
    truth: ({ jira, connectorKey }) =>
      jira
        .entry('INT-2')
        .links.filter((link) => link.connectorKey === connectorKey)
        .map(({ id }) => String(id)),
  },
]

/** How a write ended, according to Syncdeck. */
export interface Told {
  readonly as: 'done' | 'not done' | 'unknown' | 'half done'
  readonly words: string
}

/** Something that is written. */
export interface WritePath {
  readonly name: string
  readonly method: 'PUT' | 'POST' | 'DELETE'
  readonly path: (stage: Stage) => string
  readonly prepare?: (stage: Stage) => void
  readonly write: (stage: Stage) => Promise<Told>
  /** Whether the server has what was wanted; null if nothing on it shows. */
  readonly hasEffect: (stage: Stage) => boolean | null
}

const TOLD_AS = {
  succeeded: 'done',
  failed: 'not done',
  refused: 'not done',
  unknown: 'unknown',
  interrupted: 'half done',
  cancelled: 'not done',
  lost: 'unknown',
} as const

/** Waits for the newest task to end. */
async function ended({ main }: Stage): Promise<Told> {
  const newest = async () => (await main.ask('tasks:list', {})).at(-1)
  await until('the task ends', async () => (await newest())?.state === 'ended', 30_000)
  const task = await newest()
  return { as: TOLD_AS[task?.outcome ?? 'unknown'], words: `${said(task?.message)} ${said(task?.failure)}`.trim() }
}

/** The result of a request that is answered at once. */
async function answered(asking: Promise<unknown>): Promise<Told> {
  try {
    await asking
    return { as: 'done', words: '' }
  } catch (error) {
    const { message, isOutcomeUnknown } = (error as { data: WordedError }).data
    return { as: isOutcomeUnknown === true ? 'unknown' : 'not done', words: message }
  }
}

const word = ({ jira }: Stage): string => jira.entry('INT-2').status.status
const operate =
  (operation: 'start' | 'stop' | 'restart') =>
  async (stage: Stage): Promise<Told> => {
    await stage.main.ask(`synchronizations:${operation}`, { targets: [stage.ref] })
    return ended(stage)
  }
const isRunning = (stage: Stage): boolean => word(stage) !== 'STOPPED'
/** The sync users' passwords on the server; the one sent is different. */
const passwords = ({ jira }: Stage): string[] => [...jira.entry('INT-2').syncPasswords.values()]
const NEW_PASSWORD = 'sync-new-7f1e'
const baseUrls = ({ jira }: Stage): string[] => {
  const { firstConnector, secondConnector } = jira.entry('INT-2').integration
  return [firstConnector, secondConnector].flatMap((connector) => connector?.connection.application.baseUrl ?? [])
}

type Sides = readonly ('first' | 'second')[]

/**
 * Every request carries the passwords of both sides; `url` and `proxy` name the sides of which that is changed as well.
 */
const connection = (
  name: string,
  { url = [], proxy = [] }: { readonly url?: Sides; readonly proxy?: Sides },
): WritePath => ({
  name,
  method: 'PUT',
  path: () => '/integrations/INT-2/applicationConnection',
  write: async (stage) => {
    const [first = '', second = ''] = baseUrls(stage)
    const side = (which: 'first' | 'second', baseUrl: string) => ({
      baseUrl: url.includes(which) ? `https://${which}.example` : baseUrl,
      password: NEW_PASSWORD,
      proxy: proxy.includes(which)
        ? { proxyUri: 'proxy.example:3128', username: 'proxy', password: 'proxy-7f1e' }
        : null,
    })
    await stage.main.ask('synchronizations:update-connection', {
      ref: stage.ref,
      form: { first: side('first', first), second: side('second', second) },
    })
    return ended(stage)
  },
  hasEffect: (stage) => passwords(stage).includes(NEW_PASSWORD),
})

const edit = (
  name: string,
  values: Draft['values'],
  secrets: Partial<Record<PasswordField, string>>,
  hasEffect: (stage: Stage) => boolean,
): WritePath => ({
  name,
  method: 'PUT',
  path: () => '/integrations/INT-2',
  write: async (stage) => {
    const { main, ref } = stage
    const base = draftValues(main.services.directory.get(ref).integration) as Draft['base']
    const applying = main.ask('synchronizations:apply-edit', { ref, draft: { base, values }, passwords: secrets })
    // It is read before it is sent; if that fails, nothing is sent.
    const failure = await applying.then(
      () => null,
      (error: { data: WordedError }) => error.data,
    )
    return failure === null ? ended(stage) : { as: 'not done', words: failure.message }
  },
  hasEffect,
})
const editedName = ({ jira }: Stage): boolean => jira.entry('INT-2').integration.summary === 'Edited'
const secondPassword = { 'secondConnector.connection.application.password': NEW_PASSWORD } as const

const newSide = { projectKey: 'AP', baseUrl: 'https://jira.example', user: 'sync', password: 'sync' }

export const WRITES: readonly WritePath[] = [
  {
    name: 'start',
    method: 'PUT',
    path: () => '/integrations/INT-2/start',
    prepare: ({ jira }) => void (jira.entry('INT-2').status.status = 'STOPPED'),
    write: operate('start'),
    hasEffect: isRunning,
  },
  {
    name: 'stop',
    method: 'PUT',
    path: () => '/integrations/INT-2/stop',
    write: operate('stop'),
    hasEffect: (stage) => !isRunning(stage),
  },
  {
    name: 'restart',
    method: 'PUT',
    path: () => '/integrations/INT-2/stop',
    write: operate('restart'),
    hasEffect: () => null,
  },
  edit('name', { summary: 'Edited' }, {}, editedName),
  edit(
    'name, base URL',
    { summary: 'Edited', 'firstConnector.connection.application.baseUrl': 'https://edited.example' },
    {},
    (stage) => editedName(stage) && baseUrls(stage).includes('https://edited.example'),
  ),
  edit('password', {}, secondPassword, (stage) => passwords(stage).includes(NEW_PASSWORD)),
  edit('name, password', { summary: 'Edited' }, secondPassword, editedName),
  connection('sync passwords', {}),
  connection('base URLs', { url: ['first', 'second'] }),
  connection('first proxy', { proxy: ['first'] }),
  connection('second proxy', { proxy: ['second'] }),
  connection('all of both sides', { url: ['first', 'second'], proxy: ['first', 'second'] }),
  {
    name: 'create',
    method: 'POST',
    path: () => '/integrations',
    write: ({ main, ref }) =>
      answered(
        main.ask('synchronizations:create', {
          serverId: ref.serverId,
          input: { summary: 'Created', description: '', first: newSide, second: { ...newSide, projectKey: 'BP' } },
          isStarted: false,
        }),
      ),
    hasEffect: ({ jira }) =>
      [...jira.api.entries.values()].some(({ integration }) => integration.summary === 'Created'),
  },
  {
    name: 'delete',
    method: 'DELETE',
    path: () => '/integrations/INT-2',
    write: ({ main, ref }) => answered(main.ask('synchronizations:delete', { ref, typedKey: 'INT-2' })),
    hasEffect: ({ jira }) => !jira.api.entries.has('INT-2'),
  },
  {
    name: 'resync',
    method: 'POST',
    path: ({ connectorKey }) => `/connectors/${connectorKey}/resync`,
    write: ({ main, ref, connectorKey }) =>
      answered(
        main.ask('connectors:resync', {
          ref: { ...ref, connectorKey },
          resync: { jql: '', fieldMappings: ['summary'], responsibility: false, sendStatusField: false },
        }),
      ),
    hasEffect: () => null,
  },
  {
    name: 'import links',
    method: 'POST',
    path: ({ connectorKey }) => `/connectors/${connectorKey}/syncInformation`,
    write: async ({ main, ref, connectorKey, jira }) => {
      // The links that are there, and one more; the file is the one that the stage lets the user choose.
      const entry = jira.entry('INT-2').links.find((link) => link.connectorKey === connectorKey)
      writeFileSync(
        `${main.folder}/links.json`,
        JSON.stringify([{ ...entry, id: 77_777, localIssueKey: 'NEW-1', remoteIssueKey: 'NEW-2' }]),
      )
      const plan = await main.ask('connectors:plan-import', { ...ref, connectorKey }).catch(() => null)
      if (plan === null) return { as: 'not done', words: 'The server could not be compared with the file.' }
      return answered(main.ask('connectors:import-links', { planId: plan.planId, withDifferent: false }))
    },
    hasEffect: ({ jira }) => jira.entry('INT-2').links.some(({ localIssueKey }) => localIssueKey === 'NEW-1'),
  },
  {
    name: 'delete link',
    method: 'DELETE',
    path: ({ connectorKey }) => `/connectors/${connectorKey}/syncInformation`,
    prepare: ({ jira, connectorKey }) =>
      void (jira.entry('INT-2').links = jira
        .entry('INT-2')
        .links.filter((link) => link.connectorKey === connectorKey)
        .slice(0, 1)),
    write: ({ main, ref, connectorKey, jira }) =>
      answered(
        main.ask('connectors:delete-link', {
          ref: { ...ref, connectorKey },
          id: String(jira.entry('INT-2').links[0]?.id),
        }),
      ),
    hasEffect: ({ jira }) => jira.entry('INT-2').links.length === 0,
  },
]
