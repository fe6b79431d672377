import { message, type Message } from '#contract/messages/message.ts'
import type { AppErrorData } from '#contract/errors.ts'
import type { TaskId } from '#contract/ids.ts'
import { MAX_KEY_LENGTH } from '#contract/synchronizations.ts'
import { AppError } from '../errors/app-error.ts'
import { UnreadableItem } from '../http/json-answer.ts'
import type { Freshness, JiraClient, WriteCall } from '../http/jira-client.ts'
import { readAsyncTask, type AsyncTask } from './async-task.ts'
import { FailureRow, mayBeAboutOneObject } from './failures.ts'
import { asList, asStatus, asSynchronization } from './answer-shapes.ts'
import { readIntegration, readIntegrationList, type Integration, type ListedIntegration } from './integration.ts'
import { pathSegment } from './path-segment.ts'
import type { RefusedAnswers } from './refused-answers.ts'
import { TimeSlice } from '../time-slice.ts'
import { asObject, asText, type WireObject } from '../wire-values.ts'

/** The usual place of Backbone's REST API below Jira's base URL (vendor's introduction to the REST API). */
export const DEFAULT_API_PATH = '/plugins/servlet/backbone-issue-sync/api/1'

/** A list of 20,000 synchronizations with status takes about 40 MB. */
const LIST_MAX_BYTES = 64 * 1_048_576
/** Such a synchronization holds about 70 values; an odd one is no reason not to read the others. */
const LIST_BOUNDS = { maxValues: 3_000_000, isolatesItems: true }
/** A connector has a link for each issue, with about 15 values. */
const LINK_BOUNDS = { maxItems: 300_000, maxValues: 5_000_000, isolatesItems: true }

/**
 * For one synchronization, including its configuration; a large one has some 100 kB. Parsing this much in one go goes
 * unnoticed.
 */
const OBJECT_MAX_BYTES = 2 * 1_048_576
/** Also for one synchronization, but with some kB for each of its conflicts. */
const CONFLICTS_MAX_BYTES = 8 * 1_048_576

export interface BackboneApiOptions {
  readonly client: Pick<JiraClient, 'read' | 'write'>
  /** Shared by all that ask the same server. */
  readonly refusedAnswers: RefusedAnswers
  /** For project administrators: the projects to list; empty lists all. */
  readonly projectKeys: readonly string[]
  readonly startVerb: () => 'PUT' | 'POST' | null
  readonly rememberStartVerb: (verb: 'PUT' | 'POST') => void
}

/** What a list contains, and what it could not report. */
export interface ListAnswer {
  readonly items: readonly ListedIntegration[]
  /** Why each item that cannot be shown is left out; it fits after “it has”. */
  readonly unreadable: readonly Message[]
  /** Projects whose list could not be read; `items` has those of the others. */
  readonly refused: readonly { readonly projectKey: string; readonly error: AppErrorData }[]
}

/** The same client for readings that nobody waits for: all other requests go first. */
export function inBackground(client: JiraClient): BackboneApiOptions['client'] {
  return { read: (call) => client.read({ ...call, isBackground: true }), write: (call) => client.write(call) }
}

/**
 * Backbone's REST API of one server, in the vendor's terms. An answer about a different object than the one requested
 * is refused.
 */
export class BackboneApi {
  readonly #options: BackboneApiOptions
  /** Projects whose lists made the server fail when they were last requested. */
  readonly #failing = new Set<string>()

  constructor(options: BackboneApiOptions) {
    this.#options = options
  }

  /** The same for the writes of one task, which the audit trail follows to its end. `again`: see `WriteCall`. */
  ofTask(taskId: TaskId, again: () => Promise<void>): BackboneApi {
    return this.#writing({ taskId, again })
  }

  /**
   * For a write that no task follows: `work` sends it and, if its answer is lost, looks what became of it. See
   * `WriteCall.settled` and `again`.
   */
  async seeThrough<T>(work: (api: BackboneApi) => Promise<T>, again?: () => Promise<void>): Promise<T> {
    const { promise: settled, resolve } = Promise.withResolvers<undefined>()
    try {
      return await work(this.#writing({ settled, ...(again && { again }) }))
    } finally {
      resolve(undefined)
    }
  }

  #writing(more: Pick<WriteCall, 'taskId' | 'settled' | 'again'>): BackboneApi {
    const { client } = this.#options
    return new BackboneApi({
      ...this.#options,
      client: { read: (call) => client.read(call), write: (call) => client.write({ ...call, ...more }) },
    })
  }

  /** Allows an answer that was refused for its size a moment ago to be requested again. */
  retryRefused(): void {
    this.#options.refusedAnswers.clear()
  }

  /**
   * `GET /integrations`; for project administrators once per project, merged by key. A project that is refused, or for
   * which the server fails, does not hide the others; rejects if none could be listed, or if the server fails for so
   * many in a row that it is at fault itself. Those that failed come last the next time, so that the others are listed.
   */
  async list(freshness: Freshness = {}): Promise<ListAnswer> {
    const { projectKeys } = this.#options
    if (projectKeys.length === 0) return { ...(await this.#listOne({}, freshness)), refused: [] }
    const items = new Map<string, ListedIntegration>()
    const unreadable: Message[] = []
    const failures: { projectKey: string; error: AppError }[] = []
    const row = new FailureRow()
    const failedBefore = projectKeys.filter((projectKey) => this.#failing.has(projectKey))
    for (const projectKey of [...projectKeys.filter((key) => !this.#failing.has(key)), ...failedBefore]) {
      const hadFailed = this.#failing.delete(projectKey)
      try {
        const list = await this.#listOne({ projectKey }, freshness)
        row.answered()
        for (const item of list.items) items.set(item.integration.key, item)
        unreadable.push(...list.unreadable)
      } catch (error) {
        if (mayBeAboutOneObject(error)) this.#failing.add(projectKey)
        if (!row.isOfOne(error, { isKnown: hadFailed })) throw error
        failures.push({ projectKey, error })
      }
    }
    const [first] = failures
    if (first !== undefined && failures.length === projectKeys.length) throw first.error
    return {
      items: [...items.values()],
      unreadable,
      refused: failures.map(({ projectKey, error }) => ({ projectKey, error: error.data })),
    }
  }

  async #listOne(
    query: { readonly projectKey?: string },
    freshness: Freshness,
  ): Promise<{ items: readonly ListedIntegration[]; unreadable: readonly Message[] }> {
    const call = { path: '/integrations', query, maxBytes: LIST_MAX_BYTES, bounds: LIST_BOUNDS, ...freshness }
    const list = await readIntegrationList(
      await this.#readAs(asList, message('errors.notA.listOfSynchronizations'), call),
    )
    if (query.projectKey === undefined) return list
    refuseOtherProjects(list.items, query.projectKey)
    const { projectKeys } = this.#options
    const { own = [], stray = [] } = Object.groupBy(list.items, (item) => (isOf(item, projectKeys) ? 'own' : 'stray'))
    const reasons = stray.map(() => message('errors.key.otherProject'))
    return { items: own, unreadable: [...list.unreadable, ...reasons] }
  }

  /** `GET /integrations/{key}`; the object as sent. */
  async detail(key: string, freshness: Freshness = {}): Promise<unknown> {
    const call = { path: `/integrations/${pathSegment(key)}`, maxBytes: OBJECT_MAX_BYTES, ...freshness }
    const answer = await this.#readAs(asSynchronization, message('errors.notA.synchronization'), call)
    refuseOther(asText(answer.integrationKey), key)
    return answer
  }

  /** `GET /integrations/{key}/status`; the object as sent. */
  async status(key: string, freshness: Freshness = {}): Promise<unknown> {
    const call = { path: `/integrations/${pathSegment(key)}/status`, ...freshness }
    const answer = await this.#readAs(asStatus, message('errors.notA.status'), call)
    refuseOther(asText(answer.integrationKey), key)
    return answer
  }

  /** `GET /integrations/{key}/conflicts`, as sent; its form is documented nowhere. */
  async conflicts(key: string): Promise<unknown> {
    const call = { path: `/integrations/${pathSegment(key)}/conflicts`, maxBytes: CONFLICTS_MAX_BYTES }
    const answer = await this.#readAs(
      (value) => asList(value) ?? asObject(value),
      message('errors.notA.conflicts'),
      call,
    )
    const lists = Array.isArray(answer) ? [answer] : [[answer], ...Object.values(answer).filter(Array.isArray)]
    for (const object of lists.flat()) refuseOther(asText(asObject(object)?.integrationKey), key)
    return answer
  }

  /**
   * Starts or stops. Versions 3.8 to 4.1 take POST, others PUT: if the verb is refused, which means that nothing was
   * done, the other one is tried once, and remembered if it works.
   */
  async operate(key: string, operation: 'start' | 'stop'): Promise<AsyncTask> {
    const { startVerb, rememberStartVerb } = this.#options
    const known = startVerb()
    const send = async (method: 'PUT' | 'POST'): Promise<AsyncTask> => {
      const task = await this.#writeTask({
        method,
        path: `/integrations/${pathSegment(key)}/${operation}`,
        action: operation,
        object: key,
      })
      if (known !== method) rememberStartVerb(method)
      return task
    }
    const first = known ?? 'PUT'
    try {
      return await send(first)
    } catch (error) {
      const isVerbRefused =
        error instanceof AppError &&
        !error.isAnswerLost &&
        ['api.method-not-allowed', 'api.not-found'].includes(error.code)
      if (!isVerbRefused) throw error
      return send(first === 'PUT' ? 'POST' : 'PUT')
    }
  }

  /** `PUT /integrations/{key}`. */
  async update(key: string, body: unknown): Promise<AsyncTask> {
    return this.#writeTask({
      method: 'PUT',
      path: `/integrations/${pathSegment(key)}`,
      json: body,
      action: 'update',
      object: key,
    })
  }

  /**
   * `PUT /integrations/{key}/applicationConnection`: one address for base URL and passwords and for the proxy; the body
   * decides.
   */
  async updateConnection(key: string, body: unknown): Promise<AsyncTask> {
    return this.#writeTask({
      method: 'PUT',
      path: `/integrations/${pathSegment(key)}/applicationConnection`,
      json: body,
      action: 'update-connection',
      object: key,
    })
  }

  /**
   * `POST /integrations`, answered with what was created. If `isIt` denies it, another request created that, and the
   * answer to this one is lost.
   */
  async create(body: unknown, isIt: (created: Integration) => boolean): Promise<Integration> {
    const createdIn = (answer: unknown): Integration => {
      const created = orThrow(readIntegration(answer), message('errors.notA.newSynchronization'))
      if (isIt(created)) return created
      const named = message('editing.named', { key: created.key, name: created.summary })
      throw new AppError('http.unexpected-body', message('errors.otherCreated', { named }))
    }
    const answer = await this.#options.client.write({
      method: 'POST',
      path: '/integrations',
      json: body,
      action: 'create',
      object: '',
      check: createdIn,
    })
    return createdIn(answer)
  }

  /** `DELETE /integrations/{key}`; the answer needs no body. */
  async delete(key: string): Promise<void> {
    await this.#options.client.write({
      method: 'DELETE',
      path: `/integrations/${pathSegment(key)}`,
      action: 'delete',
      isProvenBySign: true,
      object: key,
    })
  }

  /** `POST /connectors/{key}/resync`. */
  async resync(connectorKey: string, body: unknown): Promise<void> {
    await this.#options.client.write({
      method: 'POST',
      path: `/connectors/${pathSegment(connectorKey)}/resync`,
      json: body,
      action: 'resync',
      isProvenBySign: true,
      object: connectorKey,
    })
  }

  /** `GET /connectors/{key}/syncInformation`: the links as sent, and how many others cannot be read. */
  async links(
    connectorKey: string,
    freshness: Freshness = {},
  ): Promise<{ links: readonly WireObject[]; unreadable: number }> {
    const call = { path: linksPath(connectorKey), maxBytes: LIST_MAX_BYTES, bounds: LINK_BOUNDS, ...freshness }
    const answer = await this.#readAs(asList, message('errors.notA.listOfLinks'), call)
    const slice = new TimeSlice()
    const links: WireObject[] = []
    let stray: string | null = null
    for (const item of answer) {
      const link = item instanceof UnreadableItem ? null : asObject(item)
      const owner = asText(link?.connectorKey)
      if (owner !== '' && owner !== connectorKey) stray = owner
      else if (link !== null) links.push(link)
      if (slice.isOver) await slice.next()
    }
    // A single stray link is merely odd; if all are, it is another connector's list.
    if (stray !== null && links.length === 0) refuseOther(stray, connectorKey)
    return { links, unreadable: answer.length - links.length }
  }

  /** `POST /connectors/{key}/syncInformation`: imports an array. */
  async importLinks(connectorKey: string, entries: readonly WireObject[]): Promise<void> {
    await this.#options.client.write({
      method: 'POST',
      path: linksPath(connectorKey),
      json: entries,
      action: 'import-links',
      isProvenBySign: true,
      object: connectorKey,
    })
  }

  /** `DELETE /connectors/{key}/syncInformation`; it is an assumption that `id` names the entry. */
  async deleteLink(connectorKey: string, id: string): Promise<void> {
    await this.#options.client.write({
      method: 'DELETE',
      path: linksPath(connectorKey),
      query: { id },
      action: 'delete-link',
      isProvenBySign: true,
      object: connectorKey,
    })
  }

  /**
   * `GET /async-tasks/{id}`. Only the user who started a task may read it; a project administrator has to name
   * a project of the synchronization in the header `prj`.
   */
  async task(id: string, projectKey: string | null): Promise<AsyncTask> {
    const task = await this.#readAs(readAsyncTask, message('errors.notA.task'), {
      path: `/async-tasks/${pathSegment(id)}`,
      // A header consists of bytes; for scripts other than Latin, Jira reads them as UTF-8 (RFC 9110, 5.5).
      ...(projectKey !== null && { headers: { prj: Buffer.from(projectKey, 'utf8').toString('latin1') } }),
    })
    refuseOther(task.id, id)
    return task
  }

  /** What `read` makes of an answer; rejects with `notA` if that is null. */
  async #readAs<T>(
    read: (value: unknown) => T | null,
    notA: Message,
    call: Parameters<JiraClient['read']>[0],
  ): Promise<T> {
    const refusal = (value: unknown): AppError | null => (read(value) === null ? unexpected(notA) : null)
    const answer = await this.#options.refusedAnswers.read(JSON.stringify([call.path, call.query]), () =>
      this.#options.client.read({ ...call, refusal }),
    )
    return orThrow(read(answer), notA)
  }

  async #writeTask(call: WriteCall): Promise<AsyncTask> {
    return orThrow(readAsyncTask(await this.#options.client.write(call)), message('errors.notA.task'))
  }
}

function linksPath(connectorKey: string): string {
  return `/connectors/${pathSegment(connectorKey)}/syncInformation`
}

/**
 * An answer about another object is useless, whoever mixed them up. One that names no object is assumed to be about the
 * requested one.
 */
export function refuseOther(answered: string, asked: string): void {
  if (answered === '' || answered === asked) return
  throw new AppError(
    'http.unexpected-body',
    message('errors.otherObject', { asked, answered: answered.slice(0, MAX_KEY_LENGTH) }),
    {
      advice: message('errors.otherObjectAdvice'),
    },
  )
}

/** Throws if synchronizations are listed for a project and none of them has anything to do with it. */
function refuseOtherProjects(items: readonly ListedIntegration[], asked: string): void {
  if (!items.some((item) => isOf(item, [asked]))) refuseOther(items.flatMap(projectsOf)[0] ?? '', asked)
}

/** Whether it has to do with one of these projects. One that names none is assumed to. */
function isOf(item: ListedIntegration, projectKeys: readonly string[]): boolean {
  const named = projectsOf(item).map((projectKey) => projectKey.toUpperCase())
  return named.length === 0 || projectKeys.some((projectKey) => named.includes(projectKey.toUpperCase()))
}

function projectsOf({ integration: { first, second } }: ListedIntegration): string[] {
  return [first?.projectKey ?? '', second?.projectKey ?? ''].filter((projectKey) => projectKey !== '')
}

function orThrow<T>(value: T | null, notA: Message): T {
  if (value === null) throw unexpected(notA)
  return value
}

function unexpected(words: Message): AppError {
  return new AppError('http.unexpected-body', words, {
    advice: message('errors.checkApiPath'),
  })
}
