import { randomUUID } from 'node:crypto'
import type { DraftField } from '#contract/editing.ts'
import type { AppErrorData } from '#contract/errors.ts'
import type { SynchronizationRef } from '#contract/synchronizations.ts'
import type { Operation, Outcome, RunOperation, Task } from '#contract/tasks.ts'
import type { AsyncTask } from '../backbone/async-task.ts'
import type { BackboneApi } from '../backbone/backbone-api.ts'
import { wait, type Clock } from '../clock.ts'
import { AppError, toErrorData } from '../errors/app-error.ts'
import type { Logger } from '../logging/logger.ts'
import type { ServerRegistry } from '../servers/server-registry.ts'
import type { StoredTask, TaskTable } from '../storage/task-table.ts'
import { TaskBook } from './task-book.ts'
import { differingFields, readIntent, resultWords, type Intent } from './intent.ts'
import type { Known } from '../synchronizations/known.ts'

/** How often the status is read to find out what became of a request whose answer was lost. */
const LOST_ANSWER_READS = 8

export interface TaskRunnerOptions {
  readonly table: TaskTable
  readonly registry: ServerRegistry
  readonly api: (serverId: string) => BackboneApi
  readonly find: (ref: SynchronizationRef) => Known | null
  /** Reads the status of a synchronization anew and reports it; rejects when it cannot be read. */
  readonly refreshStatus: (ref: SynchronizationRef) => Promise<Known>
  /** Reads the synchronization itself anew and reports it; rejects when it cannot be read. */
  readonly refreshItem: (ref: SynchronizationRef) => Promise<Known>
  readonly onChange: (task: Task) => void
  readonly logger: Logger
  readonly clock: Clock
  /** First interval between two looks at a task; it grows to ten times this. */
  readonly pollMs: number
}

/**
 * Starts, stops and restarts synchronizations, and follows each operation from the click to its end. Every request is
 * sent once; where its answer is lost, the state of the server tells what became of it. Tasks are stored before anything
 * is sent, so that a restart of Syncdeck goes on watching them.
 */
export class TaskRunner {
  readonly #options: TaskRunnerOptions
  readonly #book: TaskBook
  /** What is still to be sent of a task, with the secrets that are in it; taken out when it is sent. */
  readonly #unsent = new Map<string, (api: BackboneApi) => Promise<AsyncTask>>()
  readonly #closed = new AbortController()

  constructor(options: TaskRunnerOptions) {
    this.#options = options
    const { table, logger, clock, onChange } = options
    this.#book = new TaskBook({ table, logger, onChange, now: () => clock.now() })
  }

  /** Whether a task about this synchronization has not ended. */
  isBusy(ref: SynchronizationRef): boolean {
    return this.#book.isBusy(ref)
  }

  /** All known tasks, oldest first. */
  list(): Task[] {
    return this.#book.list()
  }

  /** Goes on with the tasks of an earlier session. */
  resume(): void {
    for (const task of this.#book.open()) {
      void this.#guard(task.id, () =>
        task.remoteId === null ? this.#settleLostAnswer(task.id) : this.#watch(task.id, task.remoteId, true),
      )
    }
  }

  /** Begins one task per target and returns their ids at once. Unknown targets throw before anything is sent. */
  begin(operation: RunOperation, targets: readonly SynchronizationRef[]): string[] {
    const unique = [...new Map(targets.map((ref) => [`${ref.serverId} ${ref.key}`, ref])).values()]
    const tasks = unique.map((ref) => this.#newTask(operation, operation === 'start' ? 'start' : 'stop', ref, null))
    for (const task of tasks) this.#launch(task)
    return tasks.map(({ id }) => id)
  }

  /**
   * Begins a task for a write that changes a synchronization. `fields` is what it is meant to change, without secrets: it is
   * stored, compared with what the server shows afterwards, and tells what became of a request whose answer was lost.
   */
  beginWrite(
    operation: 'update' | 'connection',
    ref: SynchronizationRef,
    fields: Partial<Record<DraftField, string>>,
    send: (api: BackboneApi) => Promise<AsyncTask>,
  ): string {
    const stateBefore = this.#options.find(ref)?.status?.word ?? ''
    const task = this.#newTask(operation, operation, ref, JSON.stringify({ fields, stateBefore } satisfies Intent))
    this.#unsent.set(task.id, send)
    this.#launch(task)
    return task.id
  }

  #newTask(operation: Operation, step: Task['step'], ref: SynchronizationRef, intent: string | null): StoredTask {
    const { registry, find, clock } = this.#options
    const server = registry.get(ref.serverId)
    const known = find(ref)
    if (known === null) throw new AppError('synchronization.unknown', `${ref.key} is no longer in the list.`)
    const { integration } = known
    const ownProjects = [integration.first?.projectKey, integration.second?.projectKey]
    return {
      id: randomUUID(),
      serverId: server.id,
      serverName: server.name,
      key: ref.key,
      summary: integration.summary,
      projectKey: server.projectKeys.find((key) => ownProjects.includes(key)) ?? null,
      operation,
      step,
      intent,
      state: 'sending',
      outcome: null,
      remoteId: null,
      progress: null,
      message: '',
      failure: '',
      serverText: '',
      startedAt: clock.now(),
      endedAt: null,
    }
  }

  #launch(task: StoredTask): void {
    if (this.#book.add(task)) void this.#guard(task.id, () => this.#send(task.id))
    else this.#unsent.delete(task.id)
  }

  /** Forgets the tasks that have ended; returns their ids. */
  clearEnded(): string[] {
    return this.#book.clearEnded()
  }

  /** Stops watching. What runs on the servers goes on there, and is watched again after the next start. */
  close(): void {
    this.#closed.abort()
  }

  async #send(id: string): Promise<void> {
    const { serverId, key, step } = this.#book.get(id)
    const send = this.#unsent.get(id)
    this.#unsent.delete(id)
    let remote: AsyncTask
    try {
      const api = this.#options.api(serverId)
      remote = await (step === 'start' || step === 'stop' ? api.operate(key, step) : mustBeThere(send)(api))
    } catch (thrown) {
      const error = toErrorData(thrown)
      // A fault of our own says nothing about whether the request had left.
      if (!(thrown instanceof AppError) || thrown.isAnswerLost) return this.#settleLostAnswer(id, error)
      const isRefused = error.code === 'api.refused' || error.code.startsWith('auth.')
      return this.#end(id, isRefused ? 'refused' : 'failed', '', error.message, error.serverText)
    }
    this.#change(id, { state: 'running', remoteId: remote.id, message: remote.message })
    await this.#watch(id, remote.id, false)
  }

  /** Looks at the remote task until it ends. A server that cannot be asked is waited for; nothing is concluded from it. */
  async #watch(id: string, remoteId: string, isResumed: boolean): Promise<void> {
    const { registry, api, pollMs } = this.#options
    for (let round = 0; ; round += 1) {
      if (round > 0) await this.#pause(Math.min(pollMs * 10, pollMs * 1.15 ** round))
      const { serverId, projectKey } = this.#book.get(id)
      if (registry.find(serverId) === null) {
        return this.#end(id, 'interrupted', 'The server was removed from Syncdeck; the task goes on there.', '')
      }
      let remote: AsyncTask
      try {
        remote = await api(serverId).task(remoteId, projectKey)
      } catch (thrown) {
        const error = toErrorData(thrown)
        if (error.code === 'api.not-found' || error.code === 'auth.forbidden') {
          return this.#lose(id, error.code === 'api.not-found' ? 'The server no longer knows this task' : 'Only the user who started this task may read it')
        }
        this.#book.setWaiting(id, error.message)
        continue
      }
      this.#book.setWaiting(id, '')
      const progress = remote.progress > 0 ? Math.min(100, remote.progress) : null
      const before = this.#book.get(id)
      if (before.progress !== progress || before.message !== remote.message) this.#change(id, { progress, message: remote.message })
      if (remote.end !== null) return this.#finishStep(id, remote, isResumed)
    }
  }

  async #finishStep(id: string, remote: AsyncTask, isResumed: boolean): Promise<void> {
    const { operation, step } = this.#book.get(id)
    if (remote.end === 'succeeded' && operation === 'restart' && step === 'stop') {
      if (isResumed) {
        // Starting by itself, perhaps days later, would be a surprise; the user decides.
        await this.#confirm(id)
        return this.#end(id, 'interrupted', 'It was stopped; Syncdeck was closed before starting it again.', '')
      }
      this.#change(id, { step: 'start', state: 'sending', remoteId: null, progress: null, message: 'Stopped; starting again' })
      return this.#send(id)
    }
    await this.#confirm(id)
    const failure = remote.failureMessage === '' ? remote.message : remote.failureMessage
    if (remote.end === 'succeeded') return this.#end(id, 'succeeded', resultWords(this.#book.get(id), this.#options.find(this.#book.get(id)), remote.message), '')
    return this.#end(id, remote.end === 'cancelled' ? 'cancelled' : 'failed', '', failure)
  }

  async #lose(id: string, why: string): Promise<void> {
    await this.#confirm(id)
    const ref = this.#book.get(id)
    const word = this.#options.find(ref)?.status?.word ?? ''
    this.#end(id, 'lost', '', word === '' ? `${why}; its outcome is not known.` : `${why}; its outcome is not known. The synchronization is now ${word}.`)
  }

  /** The request may or may not have taken effect: reads until it shows that it did, or long enough. */
  async #settleLostAnswer(id: string, cause?: AppErrorData): Promise<void> {
    const { registry, pollMs } = this.#options
    // A server that failed, or something in front of it, did answer, but not in a way that tells whether it had begun.
    const why = cause?.code === 'http.server-error' || cause?.code === 'auth.intercepted' ? cause.message.replace(/\.$/, '') : 'The answer was lost'
    this.#change(id, { state: 'confirming', message: `${why}; reading what became of it` })
    const { step, serverId, operation } = this.#book.get(id)
    let shows = ''
    for (let reads = 0, tries = 1; reads < LOST_ANSWER_READS; tries += 1) {
      if (registry.find(serverId) === null) return this.#end(id, 'interrupted', 'The server was removed from Syncdeck.', '')
      try {
        const reading = await this.#readEffect(id)
        shows = reading.shows
        reads += 1
        this.#book.setWaiting(id, '')
        if (reading.isAsIntended) {
          const isHalf = operation === 'restart' && step === 'stop'
          return this.#end(
            id,
            isHalf ? 'interrupted' : 'succeeded',
            isHalf ? 'It was stopped, but the answer was lost; it was not started again.' : `${why}; ${shows}, as intended.`,
            '',
          )
        }
      } catch (thrown) {
        const error = toErrorData(thrown)
        if (error.code === 'synchronization.unknown' || error.code === 'api.not-found') {
          return this.#end(id, 'unknown', '', `${why}, and the synchronization is gone.`, cause?.serverText)
        }
        this.#book.setWaiting(id, error.message)
      }
      await this.#pause(Math.min(pollMs * 10, pollMs * 1.3 ** tries))
    }
    this.#end(id, 'unknown', '', `${why}. Now ${shows}; the request was not repeated.`, cause?.serverText)
  }

  /** Reads whether the server shows what the task's write was meant to do. */
  async #readEffect(id: string): Promise<{ isAsIntended: boolean; shows: string }> {
    const { refreshStatus, refreshItem } = this.#options
    const task = this.#book.get(id)
    if (task.step === 'start' || task.step === 'stop') {
      const word = (await refreshStatus(task)).status?.word ?? ''
      const intended = task.step === 'start' ? ['RUNNING', 'STARTED'] : ['STOPPED']
      return { isAsIntended: intended.includes(word.toUpperCase()), shows: word === '' ? 'the synchronization is in an unknown state' : `the synchronization is ${word}` }
    }
    const { integration } = await refreshItem(task)
    const different = differingFields(readIntent(task), integration)
    return different.length === 0
      ? { isAsIntended: Object.keys(readIntent(task).fields).length > 0, shows: 'the server shows the new values' }
      : { isAsIntended: false, shows: `the server shows other values of ${different.join(', ')}` }
  }

  /** Reads the synchronization again, so that the table shows what is and not what was asked for. */
  async #confirm(id: string): Promise<void> {
    this.#change(id, { state: 'confirming' })
    const task = this.#book.get(id)
    try {
      if (task.intent !== null) await this.#options.refreshItem(task)
      await this.#options.refreshStatus(task)
    } catch (thrown) {
      this.#options.logger.write('info', 'status after task not read', { task: id, code: toErrorData(thrown).code })
    }
  }

  #end(id: string, outcome: Outcome, message: string, failure: string, serverText = ''): void {
    this.#change(id, { state: 'ended', outcome, message, failure, serverText, endedAt: this.#options.clock.now() })
    const { serverId, key, operation } = this.#book.get(id)
    this.#options.logger.write('info', 'task ended', { task: id, serverId, key, operation, outcome })
  }

  #change(id: string, change: Partial<StoredTask>): void {
    this.#closed.signal.throwIfAborted()
    this.#book.change(id, change)
  }

  async #pause(milliseconds: number): Promise<void> {
    await wait(this.#options.clock, milliseconds, this.#closed.signal)
  }

  /** Runs the work of one task; closing ends it silently, a fault of our own ends the task with words. */
  async #guard(id: string, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (thrown) {
      if (this.#closed.signal.aborted) return
      this.#options.logger.write('error', 'task broke', { task: id, stack: (thrown as Error).stack })
      this.#end(id, 'unknown', '', 'Syncdeck met a fault of its own while following this task; the log file tells more.')
    }
  }
}

function mustBeThere<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('There is nothing to send')
  return value
}
