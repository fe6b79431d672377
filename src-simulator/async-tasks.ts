import { vendorTimestamp, type Json } from './model.ts'
import type { Random } from './random.ts'

/** The vendor's asynchronous task, with the fields that appear only when it ended. */
export interface AsyncTask {
  id: string
  startTimestamp: string
  completionTimestamp?: string
  result?: Json
  finished: boolean
  cancelled: boolean
  hasFailed: boolean
  failureMessage: string | null
  progress: number
  message: string
  resourceLocation: string | null
}

interface Running {
  readonly owner: string
  readonly projectKeys: readonly string[]
  readonly task: AsyncTask
  readonly startedAt: number
  readonly durationMs: number
  readonly work: TaskWork
}

export interface TaskWork {
  /** Does the work at the task's end; a thrown error is the task's failure. */
  run(): void
  readonly doneMessage: string
}

/** The asynchronous tasks of one server. Work is done when its time is over, not before. */
export class AsyncTasks {
  readonly #tasks = new Map<string, Running>()
  readonly #timers = new Set<NodeJS.Timeout>()
  readonly #random: Random
  readonly #reportsProgress: boolean

  constructor(random: Random, reportsProgress: boolean) {
    this.#random = random
    this.#reportsProgress = reportsProgress
  }

  start(owner: string, projectKeys: readonly string[], durationMs: number, work: TaskWork): AsyncTask {
    const startedAt = Date.now()
    const task: AsyncTask = {
      id: this.#random.hex(32),
      startTimestamp: vendorTimestamp(startedAt),
      finished: false,
      cancelled: false,
      hasFailed: false,
      failureMessage: null,
      progress: 0,
      message: 'The task has been started.',
      resourceLocation: null,
    }
    const running: Running = { owner, projectKeys, task, startedAt, durationMs, work }
    this.#tasks.set(task.id, running)
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      this.#end(running)
    }, durationMs)
    this.#timers.add(timer)
    return { ...task }
  }

  /** The current task, or undefined if this server does not know it. */
  find(id: string): { owner: string; projectKeys: readonly string[]; task: AsyncTask } | undefined {
    const running = this.#tasks.get(id)
    if (running === undefined) return undefined
    const { task, owner, projectKeys } = running
    if (!task.finished && this.#reportsProgress) {
      const share = (Date.now() - running.startedAt) / running.durationMs
      task.progress = Math.min(99, Math.max(0, Math.floor(share * 100)))
    }
    return { owner, projectKeys, task: { ...task } }
  }

  /** Forgets every task, as a restarted Jira does. */
  forget(): void {
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
    this.#tasks.clear()
  }

  #end({ task, work }: Running): void {
    task.finished = true
    task.completionTimestamp = vendorTimestamp(Date.now())
    try {
      work.run()
      task.message = work.doneMessage
      if (this.#reportsProgress) task.progress = 100
    } catch (failure) {
      task.hasFailed = true
      task.failureMessage = failure instanceof Error ? failure.message : String(failure)
      task.message = 'The task has failed.'
    }
  }
}
