import type { ApiRequest } from './api-request.ts'
import type { AsyncTask } from './async-tasks.ts'
import { changeConnections, givenConnections, requireConnections, update } from './changes.ts'
import { connectorAction } from './connector-api.ts'
import { connectorsOf, plainStatus, withoutConfiguration, type Entry } from './model.ts'
import { buildEntry, buildIntegration, emptyConfiguration } from './population.ts'
import type { Random } from './random.ts'
import { methodNotAllowed, notFound, parseBody, readSide, Refusal, type ApiAnswer } from './request-body.ts'
import type { SyncLogIns } from './sync-log-ins.ts'

/** What distinguishes the versions of Backbone that a server can pretend to be. */
export interface BackboneOptions {
  /** Versions 3.8 to 4.1 used POST for start and stop. */
  readonly startVerb: 'PUT' | 'POST'
  readonly embedsStatus: boolean
  readonly reportsProgress: boolean
  readonly taskDurationMs: number
  /** Share of tasks that fail, 0 to 1. */
  readonly taskFailureRate: number
  /** True: an update of a connection logs in on both sides first, and fails without a change if that is refused. */
  readonly checksConnections: boolean
  /** False: an update of a connection leaves what was stopped stopped. */
  readonly startsStopped: boolean
}

/** The REST API of one Backbone installation over its entries. */
export class BackboneApi {
  readonly entries = new Map<string, Entry>()
  readonly #random: Random
  readonly #options: BackboneOptions
  readonly #syncLogIns: SyncLogIns
  readonly #orderedFailures: string[] = []
  #lastNumber = 1
  #lastConnectorId = 1

  constructor(random: Random, options: BackboneOptions, syncLogIns: SyncLogIns) {
    this.#random = random
    this.#options = options
    this.#syncLogIns = syncLogIns
  }

  put(entry: Entry): void {
    this.entries.set(entry.integration.integrationKey, entry)
    const number = Number(/\d+$/.exec(entry.integration.integrationKey)?.[0] ?? 0)
    this.#lastNumber = Math.max(this.#lastNumber, number)
    for (const connector of connectorsOf(entry)) {
      const id = Number(/\d+$/.exec(connector.connectorKey)?.[0] ?? 0)
      this.#lastConnectorId = Math.max(this.#lastConnectorId, id)
    }
  }

  /** Every synchronization that runs does what it does in each of its intervals. */
  synchronize(): void {
    for (const entry of this.entries.values()) this.#syncLogIns.logIn(entry)
  }

  /** The next task fails with this message. */
  failNextTask(message: string): void {
    this.#orderedFailures.push(message)
  }

  answer(request: ApiRequest): ApiAnswer {
    const [area, key = '', action = ''] = request.segments
    try {
      if (area === 'health' && key === '' && request.method === 'GET') return { status: 200, json: { status: 'UP' } }
      if (request.account.role === 'none') throw new Refusal(403, 'You are not permitted to use Backbone Issue Sync.')
      if (area === 'integrations' && key === '') return this.#collection(request)
      if (area === 'integrations' && action === '') return this.#single(request, key)
      if (area === 'integrations') return this.#integrationAction(request, key, action)
      if (area === 'async-tasks') return this.#task(request, key)
      if (area === 'connectors') return this.#connectorAction(request, key, action)
      return notFound
    } catch (error) {
      if (error instanceof Refusal) return error.answer
      throw error
    }
  }

  #collection(request: ApiRequest): ApiAnswer {
    if (request.method === 'POST') return this.#create(request)
    if (request.method !== 'GET') return methodNotAllowed('GET, POST')
    const projectKey = request.query.get('projectKey')
    if (request.account.role === 'project-administrator') {
      if (projectKey === null) throw new Refusal(403, 'A project administrator must name a project.')
      if (!request.account.projects.includes(projectKey)) {
        throw new Refusal(403, `You do not administer the project ${projectKey}.`)
      }
    }
    const chosen = [...this.entries.values()].filter(
      (entry) => projectKey === null || connectorsOf(entry).some((side) => side.projectKey === projectKey),
    )
    return {
      status: 200,
      json: chosen.map((entry) => {
        const item = withoutConfiguration(entry.integration)
        return this.#options.embedsStatus ? { ...item, status: entry.status } : item
      }),
    }
  }

  #single(request: ApiRequest, key: string): ApiAnswer {
    const entry = this.#visible(request, key)
    switch (request.method) {
      case 'GET':
        return { status: 200, json: entry.integration }
      case 'PUT': {
        const body = parseBody(request.body)
        const answer = this.#started(request, entry, 'Successfully updated the integration.', () =>
          update(entry, body, request.account),
        )
        // On the vendor's page this answer alone lacks these two fields.
        const { failureMessage: _failure, resourceLocation: _location, ...task } = answer.json
        return { status: 200, json: task }
      }
      case 'DELETE':
        this.entries.delete(key)
        return { status: 200, empty: true }
      default:
        return methodNotAllowed('GET, PUT, DELETE')
    }
  }

  #integrationAction(request: ApiRequest, key: string, action: string): ApiAnswer {
    const entry = this.#visible(request, key)
    if (action === 'status' || action === 'conflicts') {
      if (request.method !== 'GET') return methodNotAllowed('GET')
      return { status: 200, json: entry[action] }
    }
    if (action === 'start' || action === 'stop') {
      if (request.method !== this.#options.startVerb) return methodNotAllowed(this.#options.startVerb)
      const isStart = action === 'start'
      return this.#started(request, entry, `Successfully ${isStart ? 'started' : 'stopped'} the integration.`, () => {
        const stuck = entry.status.firstConnector.issuesInError
        entry.status = plainStatus(entry.integration, isStart)
        if (isStart) entry.status.firstConnector.issuesInError = stuck
        this.#syncLogIns.logIn(entry)
      })
    }
    if (action === 'applicationConnection') {
      if (request.method !== 'PUT') return methodNotAllowed('PUT')
      const body = parseBody(request.body)
      requireConnections(entry, body)
      return this.#started(request, entry, 'Successfully updated the connection.', () => {
        const given = givenConnections(entry, body)
        const problem = this.#options.checksConnections ? this.#syncLogIns.problemOf(given) : null
        if (problem !== null) throw new Error(problem)
        changeConnections(entry, given)
        const isRunning = this.#options.startsStopped || entry.status.status !== 'STOPPED'
        entry.status = plainStatus(entry.integration, isRunning)
        this.#syncLogIns.logIn(entry)
      })
    }
    return notFound
  }

  #task(request: ApiRequest, id: string): ApiAnswer {
    if (request.method !== 'GET') return methodNotAllowed('GET')
    const found = request.tasks.find(id)
    if (found === undefined) throw new Refusal(404, `There is no task ${id}.`)
    if (found.owner !== request.account.name) throw new Refusal(403, 'The task was started by another user.')
    if (request.account.role === 'project-administrator') {
      const projectKey = request.headers.prj
      if (typeof projectKey !== 'string' || !found.projectKeys.includes(projectKey)) {
        throw new Refusal(403, 'A project administrator must send the header prj with the project of the task.')
      }
    }
    return { status: 200, json: found.task }
  }

  #create(request: ApiRequest): ApiAnswer {
    const body = parseBody(request.body)
    const first = readSide(body, 'firstConnector')
    const second = body.secondConnector === undefined ? null : readSide(body, 'secondConnector')
    const integration = buildIntegration(this.#random, {
      number: this.#lastNumber + 1,
      firstId: this.#lastConnectorId + 1,
      createdBy: request.account.name,
      summary: typeof body.summary === 'string' ? body.summary : '',
      description: typeof body.description === 'string' ? body.description : '',
      first,
      second,
      epochMs: Date.now(),
    })
    for (const side of [integration.firstConnector, integration.secondConnector]) {
      if (side) side.configuration = emptyConfiguration()
    }
    const entry = buildEntry(integration, false)
    entry.syncPasswords.set(integration.firstConnector.connectorKey, first.password)
    if (integration.secondConnector !== undefined && second !== null)
      entry.syncPasswords.set(integration.secondConnector.connectorKey, second.password)
    this.put(entry)
    return { status: 200, json: integration }
  }

  #connectorAction(request: ApiRequest, connectorKey: string, action: string): ApiAnswer {
    const entry = [...this.entries.values()].find((candidate) =>
      connectorsOf(candidate).some((side) => side.connectorKey === connectorKey),
    )
    if (entry === undefined) throw new Refusal(404, `There is no connector ${connectorKey}.`)
    this.#visible(request, entry.integration.integrationKey)
    return connectorAction(request, entry, connectorKey, action)
  }

  #visible(request: ApiRequest, key: string): Entry {
    const entry = this.entries.get(key)
    if (entry === undefined) throw new Refusal(404, `There is no integration ${key}.`)
    const { role, projects } = request.account
    if (role === 'project-administrator' && !connectorsOf(entry).some((side) => projects.includes(side.projectKey))) {
      throw new Refusal(403, `You do not administer a project of ${key}.`)
    }
    return entry
  }

  #started(request: ApiRequest, entry: Entry, doneMessage: string, work: () => void): { status: 200; json: AsyncTask } {
    const ordered = this.#orderedFailures.shift()
    const failure =
      ordered ??
      (this.#random.next() < this.#options.taskFailureRate
        ? `The synchronization user is not allowed to browse project ${entry.integration.firstConnector.projectKey}`
        : null)
    const duration = this.#options.taskDurationMs
    const task: AsyncTask = request.tasks.start(
      request.account.name,
      connectorsOf(entry).map((side) => side.projectKey),
      duration === 0 ? 0 : duration + this.#random.whole(0, duration),
      {
        doneMessage,
        run: () => {
          if (failure !== null) throw new Error(failure)
          work()
        },
      },
    )
    return { status: 200, json: task }
  }
}
