import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { NMessageProvider } from 'naive-ui'
import { createPinia, setActivePinia } from 'pinia'
import * as v from 'valibot'
import { vi } from 'vitest'
import { h, type Component } from 'vue'
import type { Conflict } from '../../src-contract/conflicts.ts'
import type { RequestChannel } from '../../src-contract/channels.ts'
import { CELLS } from '../../src-contract/monitoring.ts'
import { requests, type RequestArgs, type RequestValue } from '../../src-contract/contract.ts'
import { foreign, message } from '../../src-contract/messages/message.ts'
import type { Server } from '../../src-contract/servers.ts'
import type { SynchronizationDetail, SynchronizationRow } from '../../src-contract/synchronizations.ts'
import type { Task } from '../../src-contract/tasks.ts'

/** A failure as main sends it, of one whose sentences are foreign text. */
function failureOf(error: unknown): unknown {
  const { message, advice, fields, ...data } = error as {
    message: string
    advice?: string
    fields?: Record<string, string>
  }
  return {
    ...data,
    message: foreign(message),
    ...(advice !== undefined && { advice: foreign(advice) }),
    ...(fields !== undefined && {
      fields: Object.fromEntries(Object.entries(fields).map(([field, problem]) => [field, foreign(problem)])),
    }),
  }
}

/** What a main process answers on each channel, or throws to report a failure. */
type Answers = { [C in RequestChannel]?: AnswerTo<C> }
export type AnswerTo<C extends RequestChannel> = (args: RequestArgs<C>) => RequestValue<C> | Promise<RequestValue<C>>

const USUAL: Answers = {
  'history:strips': ({ refs }) => ({ from: 0, strips: refs.map(() => Array.from({ length: CELLS }, () => null)) }),
  'audit:summary': () => ({ total: 0, groups: [], servers: [], accounts: [], objects: [] }),
  'storage:info': () => ({
    folder: '/home/anna/syncdeck',
    stateBytes: 0,
    cacheBytes: 0,
    backups: [],
    counts: { synchronizations: 0, conflicts: 0, transitions: 0, auditEntries: 0, tasks: 0 },
    problem: null,
  }),
}

/** What a main process that has nothing answers. */
const emptyAnswer = (channel: RequestChannel): unknown =>
  [undefined, null, []].find((empty) => v.is(requests[channel].answer, empty))

/** What stubs answered although the contract does not allow it: `setup.ts` fails the test. */
export const brokenAnswers: string[] = []

/** A main process with these answers, by default empty ones, that remembers its requests. */
export function stubBridge(answers: Answers = {}) {
  const asked: { channel: string; args: unknown }[] = []
  const request = new Proxy({} as Record<string, (args: unknown) => Promise<unknown>>, {
    get: (_target, name: string) => async (args: unknown) => {
      const channel = name as RequestChannel
      asked.push({ channel, args })
      const answer = (answers[channel] ?? USUAL[channel] ?? (() => emptyAnswer(channel))) as (given: unknown) => unknown
      let value: unknown
      try {
        value = await answer(args)
      } catch (error) {
        return { ok: false, error: failureOf(error) }
      }
      const { issues } = v.safeParse(requests[channel].answer, value)
      if (issues !== undefined) brokenAnswers.push(`${channel}: ${JSON.stringify(v.flatten(issues))}`)
      return { ok: true, value }
    },
  })
  vi.stubGlobal('syncdeck', { request, subscribe: () => () => undefined })
  return asked
}

const mounted = new Set<VueWrapper>()

/** Unmounts what is left of everything that `show` mounted. */
export function unmountAll(): void {
  // Also what a spec has taken out of the document: its timers would go on, in the specs that follow.
  for (const wrapper of [...mounted]) wrapper.unmount()
}

/** Mounts a component with fresh stores; `prepare` fills them first. */
export function show(component: Component, props: object, prepare: () => void = () => undefined): VueWrapper {
  const pinia = createPinia()
  setActivePinia(pinia)
  prepare()
  const wrapper = mount(
    { render: () => h(NMessageProvider, () => h(component, props)) },
    { global: { plugins: [pinia] }, attachTo: document.body },
  )
  mounted.add(wrapper)
  const unmount = wrapper.unmount.bind(wrapper)
  wrapper.unmount = () => {
    mounted.delete(wrapper)
    unmount()
  }
  return wrapper
}

/** Stands in for the layout that jsdom lacks: gives an element a size, and notifies its observers. */
export function stubSizes(): (
  element: Element,
  size: { offsetWidth?: number; clientHeight?: number },
) => Promise<void> {
  const observed: { tell: () => void; element: Element }[] = []
  vi.stubGlobal(
    'ResizeObserver',
    class {
      readonly #tell: () => void
      constructor(tell: () => void) {
        this.#tell = tell
      }
      observe = (element: Element) => observed.push({ tell: this.#tell, element })
      disconnect = (): void => undefined
    },
  )
  return async (element, size) => {
    for (const [name, value] of Object.entries(size))
      Object.defineProperty(element, name, { value, configurable: true })
    for (const one of observed) if (one.element === element) one.tell()
    await flushPromises()
  }
}

/** The field that is labelled so. */
export function fieldOf(label: string): HTMLInputElement | HTMLTextAreaElement {
  const fields = [...document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>('input, textarea')]
  const found = fields.find(
    (field) => (field.getAttribute('aria-label') ?? field.labels?.[0]?.textContent?.trim()) === label,
  )
  if (found === undefined) throw new Error(`There is no field ${label}`)
  return found
}

export async function type(label: string, text: string): Promise<void> {
  const field = fieldOf(label)
  field.value = text
  field.dispatchEvent(new Event('input'))
  await flushPromises()
}

export const server = (more: Partial<Server> = {}): Server => ({
  id: 's1',
  name: 'Vienna',
  baseUrl: 'https://jira.example',
  apiPath: '/api',
  environment: 'test',
  projectKeys: [],
  caPem: '',
  allowPlainHttp: false,
  isDemo: false,
  isPaused: false,
  isReadOnly: false,
  sharesAddress: false,
  credential: { kind: 'basic', user: 'admin', kept: 'keychain' },
  access: { state: 'ok' },
  sessionless: null,
  isSessionKept: true,
  reach: {
    state: 'reachable',
    isAsking: false,
    since: 0,
    lastReadAt: 1_000_000,
    nextReadAt: null,
    error: null,
    gaps: [],
  },
  rateLimit: null,
  certificates: [],
  synchronizationCount: 1,
  ...more,
})

/** A side of a row. */
export const side = (
  connectorKey: string,
  projectKey: string,
  more: Partial<NonNullable<SynchronizationRow['first']>> = {},
): NonNullable<SynchronizationRow['first']> => ({
  connectorKey,
  projectKey,
  user: 'backbone',
  baseUrl: `https://${projectKey.toLowerCase()}.example`,
  ...more,
})

export const row = (more: Partial<SynchronizationRow> = {}): SynchronizationRow => ({
  serverId: 's1',
  key: 'INT-2',
  summary: 'Agile Project <> Project B',
  kind: 'centralized',
  role: null,
  first: side('AP-29', 'AP'),
  second: side('PB-30', 'PB'),
  health: 'running',
  state: message('synchronizations.states.running'),
  reason: null,
  issuesInError: 0,
  conflictCount: null,
  newConflictCount: null,
  since: null,
  isSinceSeen: true,
  fetchedAt: 1_000_000,
  source: 'live',
  ...more,
})

export const task = (more: Partial<Task> = {}): Task => ({
  id: 't1',
  serverId: 's1',
  serverName: 'Vienna',
  key: 'INT-2',
  summary: 'Agile Project <> Project B',
  operation: 'start',
  state: 'running',
  outcome: null,
  step: 'start',
  progress: null,
  message: foreign('The task has been started.'),
  failure: null,
  serverText: '',
  waiting: null,
  batchId: 'batch',
  startedAt: 1_000_000,
  endedAt: null,
  ...more,
})

const connector = (connectorKey: string, projectKey: string) => ({
  connectorKey,
  projectKey,
  baseUrl: `https://${projectKey.toLowerCase()}.example`,
  user: 'backbone',
  createdUser: 'admin',
  createdDate: '',
  lastModifiedUser: 'admin',
  lastModifiedDate: '',
  sendQueue: null,
  receiveQueue: null,
  initialPollingDelayMs: null,
  pollingIntervalMs: null,
  status: null,
  health: 'unknown' as const,
  state: message('synchronizations.states.untold'),
  reason: null,
})

export const detail = (more: Partial<SynchronizationDetail> = {}): SynchronizationDetail => ({
  serverId: 's1',
  key: 'INT-2',
  summary: 'A <> B',
  description: '',
  kind: 'centralized',
  role: null,
  createdUser: '',
  createdDate: '',
  lastModifiedUser: '',
  lastModifiedDate: '',
  state: message('synchronizations.states.running'),
  health: 'running',
  reason: null,
  first: connector('AP-29', 'AP'),
  second: connector('PB-30', 'PB'),
  json: '{}',
  fetchedAt: 1,
  source: 'live',
  problem: null,
  ...more,
})

/** A conflict of INT-2 that was seen for the first time at 1 ms and is there still; its message is its identity. */
export const conflict = (identity: string, more: Partial<Conflict> = {}): Conflict => ({
  serverId: 's1',
  key: 'INT-2',
  identity,
  connectorKey: 'AP-1',
  kind: 'field',
  severity: 'ERROR',
  field: '',
  message: identity,
  firstSeenAt: 1,
  lastSeenAt: 2,
  goneAt: null,
  seenAt: null,
  ...more,
})
