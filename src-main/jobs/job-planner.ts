import type { JobId, ServerId } from '#contract/ids.ts'
import { targetStateOf, type JobChange, type JobKind, type ReplacedField, type Replacement } from '#contract/jobs.ts'
import { message, type Message } from '#contract/messages/message.ts'
import { shownText } from '#contract/shown-text.ts'
import { refId, type SynchronizationRef } from '#contract/synchronizations.ts'
import type { Clock } from '../clock.ts'
import { AppError } from '../errors/app-error.ts'
import type { ServerRegistry } from '../servers/server-registry.ts'
import type { StoredJob, StoredTarget } from '../storage/job-table.ts'
import type { SynchronizationDirectory } from '../synchronizations/synchronization-directory.ts'
import type { SynchronizationRecord } from '../synchronizations/synchronization-record.ts'
import type { TaskStore } from '../tasks/task-store.ts'
import { mapInSlices } from '../time-slice.ts'
import type { JobStore } from './job-store.ts'
import type { Kind } from './kind.ts'
import { kinds } from './kinds.ts'
import { readEach, type PlanReadings } from './plan-readings.ts'
import { beforeOf, inOrder, newJob, PLAIN, waitingSteps, type Plan } from './planned.ts'
import { changesBy } from './replacement.ts'
import { usersOf } from './sync-users.ts'

export interface JobPlannerOptions {
  readonly store: Pick<JobStore, 'add' | 'all' | 'get'>
  readonly readings: Pick<PlanReadings, 'readToWrite'>
  readonly registry: Pick<ServerRegistry, 'all' | 'find'>
  readonly directory: Pick<SynchronizationDirectory, 'find' | 'rows'>
  readonly taskStore: Pick<TaskStore, 'isBusy'>
  readonly clock: Pick<Clock, 'now'>
  readonly copyGuard: { readonly isCopy: (serverId: ServerId) => boolean }
}

/** The changes to a synchronization, or why none are allowed. */
type ChangesOf = (record: SynchronizationRecord) => JobChange[] | Message

const NO_CHANGE: ChangesOf = () => []

/**
 * Plans jobs: reads their servers, and says for each target what would be sent, or why it is left out. Writes nothing
 * to a server.
 */
export class JobPlanner {
  readonly #options: JobPlannerOptions

  constructor(options: JobPlannerOptions) {
    this.#options = options
  }

  /** A new job, stored, whether or not a target would take part. */
  async plan(kind: JobKind, refs: readonly SynchronizationRef[]): Promise<StoredJob> {
    return this.#plan({ ...PLAIN, kind }, refs, NO_CHANGE)
  }

  /** A new job that finds and replaces. Throws `input.invalid` for an invalid pattern, before anything is read. */
  async planReplacement(
    kind: 'change-texts' | 'change-addresses',
    refs: readonly SynchronizationRef[],
    fields: readonly ReplacedField[],
    replacement: Replacement,
  ): Promise<StoredJob> {
    const changesOf = changesBy(replacement, fields)
    return this.#plan({ ...PLAIN, kind, replacement }, refs, ({ integration }) => changesOf(integration))
  }

  /** The new password of a sync user, for all synchronizations that use it. Throws `input.invalid` if there is none. */
  async planPassword(user: string, baseUrls: readonly string[]): Promise<StoredJob> {
    const { registry, directory } = this.#options
    // A synchronization created a moment ago may be on any of them.
    const unread = await this.#read(registry.all().map(({ id }) => id))
    const refs = usersOf(directory.rows(), user, baseUrls)
    if (refs.length === 0) throw new AppError('input.invalid', message('jobs.errors.unusedUser', { user }))
    const what: Plan = { ...PLAIN, kind: 'new-password', about: { user, baseUrls: [...baseUrls] } }
    return this.#store(what, refs, unread, NO_CHANGE)
  }

  async #plan(what: Plan, refs: readonly SynchronizationRef[], changesOf: ChangesOf): Promise<StoredJob> {
    const unread = await this.#read(refs.map(({ serverId }) => serverId))
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
    const job = newJob(what, inOrder(planned, this.#options.registry.all()), clock.now())
    store.add(job)
    return job
  }

  /**
   * The inverse of a job, for all targets it applies to, or only for these. Throws `input.invalid` if there is none, or
   * if nothing is left to undo.
   */
  async planBack(id: JobId, refs: readonly SynchronizationRef[] | null): Promise<StoredJob> {
    const origin = this.#options.store.get(id)
    const { back } = kinds[origin.kind]
    if (back === null) throw new AppError('input.invalid', message('jobs.errors.noWayBack'))
    if (origin.state === 'running') throw new AppError('input.invalid', message('jobs.errors.stillRunning'))
    const wanted = refs === null ? null : new Set(refs.map(refId))
    const gone = this.#takenBack(id)
    const concerned = origin.targets.flatMap((target): (readonly [string, StoredTarget, SynchronizationRef])[] => {
      const ref = back.refOf(target)
      const isMeant = wanted?.has(refId(ref)) ?? true
      return back.concerns(target) && isMeant && !gone.has(refId(ref)) ? [[refId(ref), target, ref]] : []
    })
    if (concerned.length === 0) throw new AppError('input.invalid', message('jobs.errors.nothingToGoBack'))
    const done = new Map(concerned.map(([id, target]) => [id, target]))
    const what: Plan = { ...PLAIN, kind: back.kind, originId: id }
    return this.#plan(
      what,
      concerned.map(([, , ref]) => ref),
      ({ serverId, integration }) => {
        const target = done.get(refId({ serverId, key: integration.key }))
        return target === undefined ? [] : back.changes(target, integration)
      },
    )
  }

  /** What earlier undo jobs have already done. */
  #takenBack(id: JobId): ReadonlySet<string> {
    return new Set(
      this.#options.store
        .all()
        .filter(({ originId }) => originId === id)
        .flatMap(({ targets }) => targets.filter((target) => targetStateOf(target) === 'done').map(refId)),
    )
  }

  #read(serverIds: readonly ServerId[]): Promise<ReadonlyMap<string, Message | null>> {
    return readEach(serverIds, (id) => this.#options.readings.readToWrite(id))
  }

  #target(kind: JobKind, ref: SynchronizationRef, problem: Message | null, changesOf: ChangesOf): StoredTarget {
    const { directory, registry, taskStore, copyGuard } = this.#options
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
            : unlessCopy(kinds[kind].plan({ before, changes }), copyGuard.isCopy(ref.serverId))
    return {
      serverId: ref.serverId,
      serverName: server?.name ?? '',
      key: ref.key,
      summary: shownText(record?.integration.summary ?? ''),
      before,
      changes,
      leftOut: 'key' in planned ? planned : null,
      copy: null,
      missing: null,
      backAt: null,
      steps: waitingSteps(ref.key, 'key' in planned ? [] : planned),
    }
  }
}

/**
 * On a copy of another Jira nothing is planned that starts something; changing a connection restarts the
 * synchronization.
 */
function unlessCopy(planned: ReturnType<Kind['plan']>, isCopy: boolean): ReturnType<Kind['plan']> {
  const isStarting = !('key' in planned) && planned.some(({ name }) => name === 'start' || name === 'update')
  return isCopy && isStarting ? message('jobs.leftOut.copy') : planned
}
