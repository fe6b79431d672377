import { AppError } from '../errors/app-error.ts'
import type { ApiCall, Freshness, JiraClient } from '../http/jira-client.ts'
import { readAsyncTask, type AsyncTask } from './async-task.ts'
import { readIntegrationList, type Integration } from './integration.ts'
import type { WireObject } from './wire-values.ts'

/** The usual place of Backbone's REST API below Jira's base URL (vendor's introduction to the REST API). */
export const DEFAULT_API_PATH = '/plugins/servlet/backbone-issue-sync/api/1'

/** A list of 20,000 synchronizations with status takes about 40 MB. */
const LIST_MAX_BYTES = 64 * 1_048_576
/** Such a synchronization holds about 70 values; one that is odd is no reason to read none. */
const LIST_BOUNDS = { maxValues: 3_000_000, isolatesItems: true }
/** A connector has a link for each issue, of about 15 values. */
const LINK_BOUNDS = { maxItems: 300_000, maxValues: 5_000_000 }

export interface BackboneApiOptions {
  readonly client: JiraClient
  /** For project administrators: the projects to list; empty lists all. */
  readonly projectKeys: readonly string[]
  readonly startVerb: () => 'PUT' | 'POST' | null
  readonly rememberStartVerb: (verb: 'PUT' | 'POST') => void
}

/** Backbone's REST API of one server, by the vendor's names. */
export class BackboneApi {
  readonly #options: BackboneApiOptions

  constructor(options: BackboneApiOptions) {
    this.#options = options
  }

  /** `GET /integrations`; for project administrators once per project, merged by key. */
  async list(freshness: Freshness = {}): Promise<{ integration: Integration; original: WireObject }[]> {
    const { client, projectKeys } = this.#options
    const queries = projectKeys.length === 0 ? [{}] : projectKeys.map((projectKey) => ({ projectKey }))
    const merged = new Map<string, { integration: Integration; original: WireObject }>()
    for (const query of queries) {
      const answer = await client.read({ path: '/integrations', query, maxBytes: LIST_MAX_BYTES, bounds: LIST_BOUNDS, ...freshness })
      const items = readIntegrationList(answer)
      if (items === null) throw unexpected('a list of synchronizations')
      for (const item of items) merged.set(item.integration.key, item)
    }
    return [...merged.values()]
  }

  /** `GET /integrations/{key}`, the object as sent. */
  detail(key: string, freshness: Freshness = {}): Promise<unknown> {
    return this.#options.client.read({ path: `/integrations/${encodeURIComponent(key)}`, maxBytes: 16 * 1_048_576, ...freshness })
  }

  /** `GET /integrations/{key}/status`, the object as sent. */
  status(key: string, freshness: Freshness = {}): Promise<unknown> {
    return this.#options.client.read({ path: `/integrations/${encodeURIComponent(key)}/status`, ...freshness })
  }

  /** `GET /integrations/{key}/conflicts`, as sent; its shape is documented nowhere. */
  conflicts(key: string): Promise<unknown> {
    return this.#options.client.read({ path: `/integrations/${encodeURIComponent(key)}/conflicts`, maxBytes: 16 * 1_048_576 })
  }

  /**
   * Starts or stops. Versions 3.8 to 4.1 take POST, others PUT: where a server refuses the verb, which means that it
   * did nothing, the other one is tried once and remembered when it worked.
   */
  async operate(key: string, operation: 'start' | 'stop'): Promise<AsyncTask> {
    const { startVerb, rememberStartVerb } = this.#options
    const known = startVerb()
    const send = async (method: 'PUT' | 'POST'): Promise<AsyncTask> => {
      const task = await this.#writeTask({ method, path: `/integrations/${encodeURIComponent(key)}/${operation}` })
      if (known !== method) rememberStartVerb(method)
      return task
    }
    const first = known ?? 'PUT'
    try {
      return await send(first)
    } catch (error) {
      const isVerbRefused = error instanceof AppError && ['api.method-not-allowed', 'api.not-found'].includes(error.code)
      if (!isVerbRefused) throw error
      return send(first === 'PUT' ? 'POST' : 'PUT')
    }
  }

  /** `PUT /integrations/{key}`. */
  update(key: string, body: unknown): Promise<AsyncTask> {
    return this.#writeTask({ method: 'PUT', path: `/integrations/${encodeURIComponent(key)}`, json: body })
  }

  /** `PUT /integrations/{key}/applicationConnection`: one address for base URL and passwords and for the proxy; the body decides. */
  updateConnection(key: string, body: unknown): Promise<AsyncTask> {
    return this.#writeTask({ method: 'PUT', path: `/integrations/${encodeURIComponent(key)}/applicationConnection`, json: body })
  }

  /** `POST /integrations`, answered with the created object as sent. */
  create(body: unknown): Promise<unknown> {
    return this.#options.client.write({ method: 'POST', path: '/integrations', json: body })
  }

  /** `DELETE /integrations/{key}`; the answer needs no body. */
  async delete(key: string): Promise<void> {
    await this.#options.client.write({ method: 'DELETE', path: `/integrations/${encodeURIComponent(key)}` })
  }

  /** `POST /connectors/{key}/resync`. */
  async resync(connectorKey: string, body: unknown): Promise<void> {
    await this.#options.client.write({ method: 'POST', path: `/connectors/${encodeURIComponent(connectorKey)}/resync`, json: body })
  }

  /** `GET /connectors/{key}/syncInformation`, as sent. */
  links(connectorKey: string, freshness: Freshness = {}): Promise<unknown> {
    return this.#options.client.read({ path: linksPath(connectorKey), maxBytes: LIST_MAX_BYTES, bounds: LINK_BOUNDS, ...freshness })
  }

  /** `POST /connectors/{key}/syncInformation`: imports an array. */
  async importLinks(connectorKey: string, entries: readonly WireObject[]): Promise<void> {
    await this.#options.client.write({ method: 'POST', path: linksPath(connectorKey), json: entries })
  }

  /** `DELETE /connectors/{key}/syncInformation`; that the entry is named by `id` is an assumption. */
  async deleteLink(connectorKey: string, id: string): Promise<void> {
    await this.#options.client.write({ method: 'DELETE', path: linksPath(connectorKey), query: { id } })
  }

  /**
   * `GET /async-tasks/{id}`. Only the user who started a task may read it; a project administrator has to name
   * a project of the synchronization in the header `prj`.
   */
  async task(id: string, projectKey: string | null): Promise<AsyncTask> {
    const answer = await this.#options.client.read({
      path: `/async-tasks/${encodeURIComponent(id)}`,
      ...(projectKey !== null && { headers: { prj: projectKey } }),
    })
    const task = readAsyncTask(answer)
    if (task === null) throw unexpected('an asynchronous task')
    return task
  }

  async #writeTask(call: ApiCall): Promise<AsyncTask> {
    const task = readAsyncTask(await this.#options.client.write(call))
    if (task === null) throw unexpected('an asynchronous task')
    return task
  }
}

function linksPath(connectorKey: string): string {
  return `/connectors/${encodeURIComponent(connectorKey)}/syncInformation`
}

function unexpected(what: string): AppError {
  return new AppError('http.unexpected-body', `The server did not answer with ${what}.`, {
    advice: 'Check the path of the REST API in the server’s settings.',
  })
}
