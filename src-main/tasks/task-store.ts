import type { TaskId } from '#contract/ids.ts'
import { refId, type RefId, type SynchronizationRef } from '#contract/synchronizations.ts'
import { isSameMessage, message, type Message } from '#contract/messages/message.ts'
import type { Task } from '#contract/tasks.ts'
import type { Clock } from '../clock.ts'
import { logFault } from '../logging/fault.ts'
import type { Logger } from '../logging/logger.ts'
import { Signal } from '../signal.ts'
import type { StoredTask, TaskTable } from '../storage/task-table.ts'

const KEPT_TASKS = 500

export interface TaskStoreOptions {
  readonly table: TaskTable
  readonly logger: Logger
  readonly clock: Pick<Clock, 'now'>
}

/** The tasks, in memory and stored. Memory is authoritative: a disk error does not change what was sent. */
export class TaskStore {
  /** A task is new, or has another state. */
  readonly changed = new Signal<[Task]>()
  readonly #options: TaskStoreOptions
  readonly #tasks = new Map<string, StoredTask>()
  readonly #waiting = new Map<string, Message>()
  /** The ids of the tasks that have not ended, by what they are about. */
  readonly #openOf = new Map<RefId, Set<string>>()

  constructor(options: TaskStoreOptions) {
    this.#options = options
    for (const task of options.table.recent(KEPT_TASKS)) this.#keep(task)
  }

  /** Whether a task about this synchronization has not ended. */
  isBusy(ref: SynchronizationRef): boolean {
    return (this.#openOf.get(refId(ref))?.size ?? 0) > 0
  }

  /** All known tasks, oldest first. */
  list(): Task[] {
    return [...this.#tasks.values()].map((task) => this.#view(task))
  }

  /** Those that have not ended. */
  open(): StoredTask[] {
    return [...this.#tasks.values()].filter(({ state }) => state !== 'ended')
  }

  get(id: TaskId): StoredTask {
    const task = this.#tasks.get(id)
    if (task === undefined) throw new Error(`There is no task ${id}`)
    return task
  }

  /**
   * Stores a new task before anything is sent. False if that fails: it then ends, because nobody would know about it
   * after a crash.
   */
  add(task: StoredTask): boolean {
    if (this.#put(task)) {
      this.#show(task)
      return true
    }
    this.#show({
      ...task,
      state: 'ended',
      outcome: 'failed',
      failure: message('tasks.told.notStored'),
      endedAt: this.#options.clock.now(),
    })
    return false
  }

  /** False if it could not be stored; after a restart, reading determines its outcome. */
  change(id: TaskId, change: Partial<StoredTask>): boolean {
    const task = { ...this.get(id), ...change }
    if (task.state === 'ended') this.#waiting.delete(id)
    const isStored = this.#put(task)
    this.#show(task)
    return isStored
  }

  /** Why watching is on hold; null while it is not. */
  setWaiting(id: TaskId, reason: Message | null): void {
    if (isSameMessage(this.#waiting.get(id) ?? null, reason)) return
    if (reason === null) this.#waiting.delete(id)
    else this.#waiting.set(id, reason)
    this.changed.emit(this.#view(this.get(id)))
  }

  /** Forgets the tasks that have ended; returns their ids. */
  clearEnded(): string[] {
    const stored = this.#options.table.removeEnded()
    const ids = [
      ...new Set([
        ...stored,
        ...[...this.#tasks.values()].filter(({ state }) => state === 'ended').map(({ id }) => id),
      ]),
    ]
    for (const id of ids) this.#tasks.delete(id)
    return ids
  }

  #put(task: StoredTask): boolean {
    try {
      this.#options.table.put(task)
      return true
    } catch (error) {
      logFault(this.#options.logger, 'task not stored', error, { task: task.id, state: task.state })
      return false
    }
  }

  #show(task: StoredTask): void {
    this.#keep(task)
    this.changed.emit(this.#view(task))
  }

  #keep(task: StoredTask): void {
    this.#tasks.set(task.id, task)
    const about = refId(task)
    const open = this.#openOf.get(about) ?? new Set<string>()
    if (task.state === 'ended') open.delete(task.id)
    else open.add(task.id)
    if (open.size === 0) this.#openOf.delete(about)
    else this.#openOf.set(about, open)
  }

  #view({ remoteId: _remoteId, projectKey: _projectKey, intent: _intent, ...task }: StoredTask): Task {
    return { ...task, waiting: this.#waiting.get(task.id) ?? null }
  }
}
