import { randomUUID } from 'node:crypto'
import {
  conditionOf,
  type JobChange,
  type JobKind,
  type JobTarget,
  type ReplacedField,
  type Replacement,
  type StepName,
} from '#contract/jobs.ts'
import { maskUserinfo } from '#contract/masking.ts'
import { message, type Message } from '#contract/messages/message.ts'
import { shownText } from '#contract/shown-text.ts'
import { refId, type SynchronizationRef } from '#contract/synchronizations.ts'
import { fieldValues } from '../backbone/integration-fields.ts'
import { pathSegment } from '../backbone/path-segment.ts'
import type { Clock } from '../clock.ts'
import { AppError } from '../errors/app-error.ts'
import { blockedError } from '../http/response-verdict.ts'
import type { Connections } from '../servers/connections.ts'
import type { Reachability } from '../servers/reachability.ts'
import type { ServerRegistry } from '../servers/server-registry.ts'
import type { StoredJob, StoredTarget } from '../storage/job-table.ts'
import type { StoredServer } from '../storage/server-table.ts'
import type { SynchronizationDirectory } from '../synchronizations/synchronization-directory.ts'
import type { SynchronizationReader } from '../synchronizations/synchronization-reader.ts'
import type { SynchronizationRecord } from '../synchronizations/synchronization-record.ts'
import type { TaskStore } from '../tasks/task-store.ts'
import { byKey } from '../text/key-order.ts'
import { mapInSlices } from '../time-slice.ts'
import type { JobStore } from './job-store.ts'
import { kinds } from './kinds.ts'
import { changesBy } from './replacement.ts'
import { isOffline } from './sight.ts'
import { usersOf } from './sync-users.ts'

export interface JobPlannerOptions {
  readonly store: Pick<JobStore, 'add' | 'all' | 'get'>
  readonly registry: Pick<ServerRegistry, 'all' | 'find'>
  readonly connections: Pick<Connections, 'gate'>
  readonly reachability: Pick<Reachability, 'get'>
  readonly directory: Pick<SynchronizationDirectory, 'find' | 'rows'>
  readonly reader: Pick<SynchronizationReader, 'refresh'>
  readonly taskStore: Pick<TaskStore, 'isBusy'>
  readonly clock: Pick<Clock, 'now'>
  /** Syncdeck was started with `--read-only`. */
  readonly isReadOnly: boolean
}

/** What a job is, but for its targets and its state. */
type Plan = Pick<StoredJob, 'kind' | 'originId' | 'about' | 'replacement'>

/** What is to be changed of a synchronization, or why nothing may be. */
type ChangesOf = (record: SynchronizationRecord) => JobChange[] | Message

const PLAIN = { originId: null, about: null, replacement: null } as const
const NO_CHANGE: ChangesOf = () => []

/** Of all changes of a job together, in characters: they are kept in memory and sent to the window. */
const MAX_LENGTH = 20_000_000

/** Where the requests of a step go, below a synchronization. */
const BELOW: Readonly<Record<StepName, string>> = {
  stop: '/stop',
  start: '/start',
  update: '/applicationConnection',
  edit: '',
  delete: '',
}

/** Plans jobs: reads their servers, and says of each target what would be sent, or why it is left out. Writes nothing on a server. */
export class JobPlanner {
  readonly #options: JobPlannerOptions

  constructor(options: JobPlannerOptions) {
    this.#options = options
  }

  /** A new job, stored, whether or not a target would take part. */
  async plan(kind: JobKind, refs: readonly SynchronizationRef[]): Promise<StoredJob> {
    return this.#plan({ ...PLAIN, kind }, refs, NO_CHANGE)
  }

  /** A new job that finds and replaces. Throws `input.invalid` for a pattern that is none, before anything is read. */
  async planReplacement(
    kind: 'change-texts' | 'change-addresses',
    refs: readonly SynchronizationRef[],
    fields: readonly ReplacedField[],
    replacement: Replacement,
  ): Promise<StoredJob> {
    const changesOf = changesBy(replacement, fields)
    return this.#plan({ ...PLAIN, kind, replacement }, refs, ({ integration }) => changesOf(integration))
  }

  /** The new password of a sync user, for all synchronizations that use it. Throws `input.invalid` where there is none. */
  async planPassword(user: string, baseUrls: readonly string[]): Promise<StoredJob> {
    const { registry, directory } = this.#options
    // One that was made a moment ago may be on any of them.
    const unread = await this.#read(new Set(registry.all().map(({ id }) => id)))
    const refs = usersOf(directory.rows(), user, baseUrls)
    if (refs.length === 0) throw new AppError('input.invalid', message('jobs.errors.unusedUser', { user }))
    const what: Plan = { ...PLAIN, kind: 'new-password', about: { user, baseUrls: [...baseUrls] } }
    return this.#store(what, refs, unread, NO_CHANGE)
  }

  async #plan(what: Plan, refs: readonly SynchronizationRef[], changesOf: ChangesOf): Promise<StoredJob> {
    const unread = await this.#read(new Set(refs.map(({ serverId }) => serverId)))
    return this.#store(what, refs, unread, changesOf)
  }

  async #store(
    what: Plan,
    refs: readonly SynchronizationRef[],
    unread: ReadonlyMap<string, Message | null>,
    changesOf: ChangesOf,
  ): Promise<StoredJob> {
    const { store, clock } = this.#options
    const { kind } = what
    const unique = [...new Map(refs.map((ref) => [refId(ref), ref])).values()]
    const planned = await mapInSlices(unique, (ref) =>
      this.#target(kind, ref, unread.get(ref.serverId) ?? null, changesOf),
    )
    const length = planned.reduce(
      (sum, { changes }) => sum + changes.reduce((all, { from, to }) => all + from.length + to.length, 0),
      0,
    )
    if (length > MAX_LENGTH) throw new AppError('input.invalid', message('jobs.errors.tooMuchText'))
    const targets = this.#inOrder(planned)
    const job: StoredJob = {
      id: randomUUID(),
      ...what,
      state: 'planned',
      halt: null,
      plannedAt: clock.now(),
      begunAt: null,
      endedAt: null,
      targets,
    }
    store.add(job)
    return job
  }

  /**
   * The way back of a job, for those of its targets that it concerns, or for these alone. Throws `input.invalid` where there is none, or
   * where it concerns nothing, or no more.
   */
  async planBack(id: string, refs: readonly SynchronizationRef[] | null): Promise<StoredJob> {
    const origin = this.#options.store.get(id)
    const { back } = kinds[origin.kind]
    if (back === null) throw new AppError('input.invalid', message('jobs.errors.noWayBack'))
    if (origin.state === 'running') throw new AppError('input.invalid', message('jobs.errors.stillRunning'))
    const wanted = refs === null ? null : new Set(refs.map(refId))
    const gone = this.#takenBack(id)
    const concerned = origin.targets.filter(
      (target) => back.concerns(target) && !gone.has(refId(target)) && (wanted?.has(refId(target)) ?? true),
    )
    if (concerned.length === 0) throw new AppError('input.invalid', message('jobs.errors.nothingToGoBack'))
    const done = new Map(concerned.map((target) => [refId(target), target.changes]))
    const what: Plan = { ...PLAIN, kind: back.kind, originId: id }
    return this.#plan(what, concerned, ({ serverId, integration }) => {
      const changes = done.get(refId({ serverId, key: integration.key })) ?? []
      // Somebody has changed it since.
      if (changes.some(({ field, to }) => fieldValues(integration)[field] !== to))
        return message('jobs.leftOut.changedSince')
      return changes.map(({ field, from, to }) => ({ field, from: to, to: from }))
    })
  }

  /** What earlier ways back have done already. */
  #takenBack(id: string): ReadonlySet<string> {
    return new Set(
      this.#options.store
        .all()
        .filter(({ originId }) => originId === id)
        .flatMap(({ targets }) => targets.filter((target) => conditionOf(target) === 'done').map(refId)),
    )
  }

  /** Reads servers side by side; answers with why each could not be read, null where it was. */
  async #read(serverIds: ReadonlySet<string>): Promise<ReadonlyMap<string, Message | null>> {
    const { reader, reachability, registry } = this.#options
    const readings = [...serverIds].map(async (id): Promise<[string, Message | null]> => {
      const server = registry.find(id)
      const problem = server === null ? null : this.#unusable(server)
      if (server === null || problem !== null) return [id, problem]
      if (await reader.refresh(id, { isFresh: true })) return [id, null]
      const reason = reachability.get(id).error?.message
      return [
        id,
        reason === undefined ? message('jobs.leftOut.notRead') : message('jobs.leftOut.notReadBecause', { reason }),
      ]
    })
    return new Map(await Promise.all(readings))
  }

  /** Why nothing can be done on a server; null where it can. */
  #unusable({ id, isReadOnly, credential }: StoredServer): Message | null {
    if (this.#options.isReadOnly || isReadOnly) return message('jobs.leftOut.readOnly')
    if (credential === null) return message('jobs.leftOut.noCredentials')
    const { access } = this.#options.connections.gate(id)
    return access.state === 'blocked' ? blockedError(access.reason).message : null
  }

  #target(kind: JobKind, ref: SynchronizationRef, problem: Message | null, changesOf: ChangesOf): StoredTarget {
    const { directory, registry, taskStore } = this.#options
    const server = registry.find(ref.serverId)
    const record = directory.find(ref)
    const before = beforeOf(record)
    const wanted = problem ?? (record === null ? message('jobs.leftOut.gone') : changesOf(record))
    const changes = 'key' in wanted ? [] : wanted
    const planned =
      'key' in wanted
        ? wanted
        : server === null
          ? message('jobs.leftOut.gone')
          : taskStore.isBusy(ref)
            ? message('jobs.leftOut.busy')
            : kinds[kind].plan({ before, changes })
    return {
      serverId: ref.serverId,
      serverName: server?.name ?? '',
      key: ref.key,
      summary: shownText(record?.integration.summary ?? ''),
      before,
      changes,
      leftOut: 'key' in planned ? planned : null,
      steps: ('key' in planned ? [] : planned).map(({ name, phase, isOnlyIfRefused = false }) => ({
        name,
        phase,
        isOnlyIfRefused,
        path: `/integrations/${pathSegment(ref.key)}${BELOW[name]}`,
        outcome: 'waiting',
        taskId: null,
        told: null,
        begunAt: null,
        endedAt: null,
      })),
    }
  }

  /** By server, as the user has them, and by key, INT-9 before INT-10. */
  #inOrder(targets: readonly StoredTarget[]): StoredTarget[] {
    const order = new Map(this.#options.registry.all().map(({ id }, at) => [id, at]))
    const rank = ({ serverId }: StoredTarget): number => order.get(serverId) ?? order.size
    return [...targets].sort((a, b) => rank(a) - rank(b) || byKey(a.key, b.key))
  }
}

function beforeOf(record: SynchronizationRecord | null): JobTarget['before'] {
  const account = (side: 'first' | 'second'): JobTarget['before']['first'] => {
    const known = record?.integration[side] ?? null
    return known === null ? null : { user: known.user, baseUrl: maskUserinfo(known.baseUrl) }
  }
  return {
    state: record?.status?.word ?? '',
    isOffline: isOffline(record?.status ?? null),
    first: account('first'),
    second: account('second'),
  }
}
