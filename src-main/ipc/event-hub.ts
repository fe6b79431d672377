import type { EventTopic } from '#contract/channels.ts'
import type { EventMessage, EventPayload } from '#contract/contract.ts'
import {
  conflictId,
  type Conflict,
  type ConflictDelta,
  type ConflictId,
  type ConflictRef,
} from '#contract/conflicts.ts'
import type { JobId, ServerId, TaskId } from '#contract/ids.ts'
import type { Job } from '#contract/jobs.ts'
import type { Server } from '#contract/servers.ts'
import {
  refId,
  type RefId,
  type SynchronizationDelta,
  type SynchronizationRef,
  type SynchronizationRow,
} from '#contract/synchronizations.ts'
import type { Task } from '#contract/tasks.ts'

/** Changes are collected this long, so that the page gets at most ten messages of each kind per second. */
const GATHER_MS = 100

/**
 * Numbers and sends events. Single facts leave at once; changes of rows, conflicts, tasks, jobs and servers are
 * batched, keeping the latest of each.
 */
export class EventHub {
  readonly #send: (message: EventMessage) => void
  readonly #rows = new Map<RefId, { readonly ref: SynchronizationRef; readonly row: SynchronizationRow | null }>()
  readonly #conflicts = new Map<ConflictId, { readonly ref: ConflictRef; readonly conflict: Conflict | null }>()
  readonly #tasks = new Map<string, Task | null>()
  readonly #jobs = new Map<string, (() => Job) | null>()
  readonly #servers: { all(): Server[] }
  /** Servers that changed; null when the list itself did. */
  #dirtyServers: Set<string> | null = new Set()
  #timer: NodeJS.Timeout | null = null
  #sequence = 0
  #isClosed = false

  constructor(options: { send: (message: EventMessage) => void; servers: { all(): Server[] } }) {
    this.#send = options.send
    this.#servers = options.servers
  }

  /**
   * The number of the last event sent. Flushes first, so that a snapshot taken now contains everything that was sent.
   */
  get sequence(): number {
    this.#flush()
    return this.#sequence
  }

  emit<T extends EventTopic>(topic: T, payload: EventPayload<T>): void {
    if (this.#isClosed) return
    this.#sequence += 1
    this.#send({ topic, sequence: this.#sequence, payload })
  }

  rowsChanged({ put, removed }: SynchronizationDelta): void {
    for (const row of put) this.#rows.set(refId(row), { ref: row, row })
    for (const ref of removed) this.#rows.set(refId(ref), { ref, row: null })
    this.#gather()
  }

  conflictsChanged({ put, removed }: ConflictDelta): void {
    const note = ({ serverId, key, identity }: ConflictRef, conflict: Conflict | null): void =>
      void this.#conflicts.set(conflictId({ serverId, key, identity }), { ref: { serverId, key, identity }, conflict })
    for (const conflict of put) note(conflict, conflict)
    for (const ref of removed) note(ref, null)
    this.#gather()
  }

  taskChanged(task: Task): void {
    this.#tasks.set(task.id, task)
    this.#gather()
  }

  tasksRemoved(ids: readonly TaskId[]): void {
    for (const id of ids) this.#tasks.set(id, null)
    this.#gather()
  }

  /** `view` makes what is sent, at the time of sending: until then, a job of a thousand targets changes often. */
  jobChanged(id: JobId, view: () => Job): void {
    this.#jobs.set(id, view)
    this.#gather()
  }

  jobsRemoved(ids: readonly JobId[]): void {
    for (const id of ids) this.#jobs.set(id, null)
    this.#gather()
  }

  /** One server's state changed. */
  serverChanged(serverId: ServerId): void {
    this.#dirtyServers?.add(serverId)
    this.#gather()
  }

  /** A server was added, removed, moved or edited. */
  serverListChanged(): void {
    this.#dirtyServers = null
    this.#gather()
  }

  /** Stops sending. */
  close(): void {
    this.#isClosed = true
    this.#stopTimer()
  }

  #gather(): void {
    if (!this.#isClosed) this.#timer ??= setTimeout(() => this.#flush(), GATHER_MS)
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  #flush(): void {
    this.#stopTimer()
    const dirty = this.#dirtyServers
    if (dirty === null || dirty.size > 0) {
      this.#dirtyServers = new Set()
      const servers = this.#servers.all()
      const put = dirty === null ? servers : servers.filter(({ id }) => dirty.has(id))
      this.emit('servers:changed', { put, order: dirty === null ? servers.map(({ id }) => id) : null })
    }
    if (this.#rows.size > 0) {
      const changes = [...this.#rows.values()]
      this.#rows.clear()
      this.emit('synchronizations:changed', {
        put: changes.flatMap(({ row }) => row ?? []),
        removed: changes.flatMap(({ ref, row }) => (row === null ? [ref] : [])),
      })
    }
    if (this.#conflicts.size > 0) {
      const changes = [...this.#conflicts.values()]
      this.#conflicts.clear()
      this.emit('conflicts:changed', {
        put: changes.flatMap(({ conflict }) => conflict ?? []),
        removed: changes.flatMap(({ ref, conflict }) => (conflict === null ? [ref] : [])),
      })
    }
    if (this.#tasks.size > 0) {
      const changes = [...this.#tasks]
      this.#tasks.clear()
      this.emit('tasks:changed', {
        put: changes.flatMap(([, task]) => task ?? []),
        removedIds: changes.flatMap(([id, task]) => (task === null ? [id] : [])),
      })
    }
    if (this.#jobs.size > 0) {
      const changes = [...this.#jobs]
      this.#jobs.clear()
      this.emit('jobs:changed', {
        put: changes.flatMap(([, view]) => view?.() ?? []),
        removedIds: changes.flatMap(([id, view]) => (view === null ? [id] : [])),
      })
    }
  }
}
