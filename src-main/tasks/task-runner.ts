import { say } from '../text/say.ts'
import type { AppErrorData } from '#contract/errors.ts'
import { refId, type SynchronizationRef } from '#contract/synchronizations.ts'
import type { Operation, Outcome, RunOperation, Task } from '#contract/tasks.ts'
import type { AsyncTask } from '../backbone/async-task.ts'
import type { BackboneApi } from '../backbone/backbone-api.ts'
import { wait, type Clock } from '../clock.ts'
import { AppError, toErrorData } from '../errors/app-error.ts'
import { logFault } from '../logging/fault.ts'
import type { Logger } from '../logging/logger.ts'
import type { Connections } from '../servers/connections.ts'
import type { ServerRegistry } from '../servers/server-registry.ts'
import type { StoredTask } from '../storage/task-table.ts'
import { isRun, type EffectReader, type Readings } from './effect-reader.ts'
import { effectOfChange, readIntent, resultWords, type Intent, type WriteIntent } from './intent.ts'
import { MAX_READS, pauseAfterRead } from './lost-answer.ts'
import { newTask, NO_CHANGE } from './new-task.ts'
import type { SynchronizationDirectory } from '../synchronizations/synchronization-directory.ts'
import type { TaskStore } from './task-store.ts'

/** Answers that do not tell whether the server had begun. */
const TELLING: ReadonlySet<string> = new Set(['http.server-error', 'http.rate-limited', 'auth.intercepted'])

export interface TaskRunnerOptions {
  readonly store: TaskStore
  readonly registry: Pick<ServerRegistry, 'find' | 'get'>
  readonly connections: Pick<Connections, 'get'>
  readonly directory: Pick<SynchronizationDirectory, 'get'>
  readonly effects: EffectReader
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
  readonly #store: TaskStore
  /** What is still to be sent of a task, with the secrets that are in it; taken out when it is sent. */
  readonly #unsent = new Map<string, (api: BackboneApi) => Promise<AsyncTask>>()
  readonly #closed = new AbortController()

  constructor(options: TaskRunnerOptions) {
    this.#options = options
    this.#store = options.store
  }

  /** Goes on with the tasks of an earlier session. */
  resume(): void {
    for (const task of this.#store.open()) {
      void this.#guard(task.id, () =>
        task.remoteId === null ? this.#settleLostAnswer(task.id) : this.#watch(task.id, task.remoteId, true),
      )
    }
  }

  /** Begins one task per target and returns their ids at once. Unknown targets throw before anything is sent. */
  begin(operation: RunOperation, targets: readonly SynchronizationRef[]): string[] {
    const unique = [...new Map(targets.map((ref) => [refId(ref), ref])).values()]
    const tasks = unique.map((ref) =>
      this.#newTask(operation, operation === 'start' ? 'start' : 'stop', ref, NO_CHANGE),
    )
    for (const task of tasks) this.#launch(task)
    return tasks.map(({ id }) => id)
  }

  /**
   * Begins a task for a write that changes a synchronization. The intent is stored, compared with what the server shows
   * afterwards, and tells what can be known of a request whose answer was lost.
   */
  beginWrite(
    operation: 'update' | 'connection',
    ref: SynchronizationRef,
    intent: WriteIntent,
    send: (api: BackboneApi) => Promise<AsyncTask>,
  ): string {
    const task = this.#newTask(operation, operation, ref, intent)
    this.#unsent.set(task.id, send)
    this.#launch(task)
    return task.id
  }

  /** Throws where the server or the synchronization is not, or no longer, in the list. */
  #newTask(operation: Operation, step: Task['step'], ref: SynchronizationRef, intent: WriteIntent): StoredTask {
    const { registry, directory, clock } = this.#options
    return newTask({ operation, step, intent }, registry.get(ref.serverId), directory.get(ref), clock.now())
  }

  #launch(task: StoredTask): void {
    if (this.#store.add(task)) void this.#guard(task.id, () => this.#send(task.id))
    else this.#unsent.delete(task.id)
  }

  /** Stops watching. What runs on the servers goes on there, and is watched again after the next start. */
  close(): void {
    this.#closed.abort()
  }

  async #send(id: string): Promise<void> {
    const { serverId, key, step } = this.#store.get(id)
    const send = this.#unsent.get(id)
    this.#unsent.delete(id)
    let remote: AsyncTask
    try {
      const { api } = this.#options.connections.get(serverId)
      remote = await (step === 'start' || step === 'stop' ? api.operate(key, step) : mustBeThere(send)(api))
    } catch (thrown) {
      const error = toErrorData(thrown)
      // A fault of our own says nothing about whether the request had left.
      if (!(thrown instanceof AppError) || thrown.isAnswerLost) return this.#settleLostAnswer(id, error)
      const isRefused = error.code === 'api.refused' || error.code.startsWith('auth.')
      return this.#end(id, isRefused ? 'refused' : 'failed', '', say(error.message), error.serverText)
    }
    this.#change(id, { state: 'running', remoteId: remote.id, message: remote.message })
    await this.#watch(id, remote.id, false)
  }

  /** Looks at the remote task until it ends. A server that cannot be asked is waited for; nothing is concluded from it. */
  async #watch(id: string, remoteId: string, isResumed: boolean): Promise<void> {
    const { registry, connections, pollMs } = this.#options
    for (let round = 0; ; round += 1) {
      if (round > 0) await this.#pause(Math.min(pollMs * 10, pollMs * 1.15 ** round))
      const { serverId, projectKey } = this.#store.get(id)
      if (registry.find(serverId) === null) {
        return this.#end(id, 'interrupted', 'The server was removed from Syncdeck; the task goes on there.', '')
      }
      let remote: AsyncTask
      try {
        remote = await connections.get(serverId).api.task(remoteId, projectKey)
      } catch (thrown) {
        const error = toErrorData(thrown)
        if (error.code === 'api.not-found' || error.code === 'auth.forbidden') {
          return this.#lose(
            id,
            error.code === 'api.not-found'
              ? 'The server no longer knows this task'
              : 'Only the user who started this task may read it',
          )
        }
        this.#store.setWaiting(id, say(error.message))
        continue
      }
      this.#store.setWaiting(id, '')
      const progress = remote.progress > 0 ? Math.min(100, remote.progress) : null
      const before = this.#store.get(id)
      if (before.progress !== progress || before.message !== remote.message)
        this.#change(id, { progress, message: remote.message })
      if (remote.end !== null) return this.#finishStep(id, remote, isResumed)
    }
  }

  async #finishStep(id: string, remote: AsyncTask, isResumed: boolean): Promise<void> {
    const { operation, step } = this.#store.get(id)
    if (remote.end === 'succeeded' && operation === 'restart' && step === 'stop') {
      if (isResumed) {
        // Starting by itself, perhaps days later, would be a surprise; the user decides.
        await this.#confirm(id)
        return this.#end(id, 'interrupted', 'It was stopped; Syncdeck was closed before starting it again.', '')
      }
      const intent = JSON.stringify({ ...NO_CHANGE, stateBefore: 'STOPPED' } satisfies Intent)
      this.#change(id, {
        step: 'start',
        intent,
        state: 'sending',
        remoteId: null,
        progress: null,
        message: 'Stopped; starting again',
      })
      return this.#send(id)
    }
    const readings = await this.#confirm(id)
    const failure = remote.failureMessage === '' ? remote.message : remote.failureMessage
    if (remote.end === 'succeeded')
      return this.#end(
        id,
        'succeeded',
        isRun(operation) ? remote.message : resultWords(this.#store.get(id), readings, remote.message),
        '',
      )
    return this.#end(id, remote.end === 'cancelled' ? 'cancelled' : 'failed', '', failure)
  }

  async #lose(id: string, why: string): Promise<void> {
    const { item, status } = await this.#confirm(id)
    const word = status?.status?.word ?? ''
    const intent = readIntent(this.#store.get(id))
    const shows =
      item === null
        ? word === ''
          ? ''
          : `the synchronization is ${word}`
        : effectOfChange(intent, item.integration).shows
    this.#end(id, 'lost', '', `${why}; its outcome is not known.${shows === '' ? '' : ` Now ${shows}.`}`)
  }

  /** The request may or may not have taken effect: reads until it shows that it did, or long enough. */
  async #settleLostAnswer(id: string, cause?: AppErrorData): Promise<void> {
    const { registry, pollMs } = this.#options
    const why =
      cause !== undefined && TELLING.has(cause.code) ? say(cause.message).replace(/\.$/, '') : 'The answer was lost'
    this.#change(id, { state: 'confirming', message: `${why}; reading what became of it` })
    const { step, serverId, operation } = this.#store.get(id)
    let shows = ''
    for (let reads = 0, tries = 1; reads < MAX_READS; tries += 1) {
      if (registry.find(serverId) === null)
        return this.#end(id, 'interrupted', 'The server was removed from Syncdeck.', '')
      try {
        const effect = await this.#options.effects.effectOf(this.#store.get(id))
        reads += 1
        this.#store.setWaiting(id, '')
        if (effect.kind !== 'not-shown' && operation === 'restart' && step === 'stop') {
          return this.#end(id, 'interrupted', 'It is stopped, but the answer was lost; it was not started again.', '')
        }
        if (effect.kind === 'shown') return this.#end(id, 'succeeded', `${why}; ${effect.shows}, as intended.`, '')
        if (effect.kind === 'unprovable') {
          return this.#end(
            id,
            'unknown',
            '',
            `${why}. Now ${effect.shows}. The request was not repeated. ${effect.advice}`,
            cause?.serverText,
          )
        }
        shows = effect.shows
      } catch (thrown) {
        this.#store.setWaiting(id, say(toErrorData(thrown).message))
      }
      await this.#pause(pauseAfterRead(pollMs, tries))
    }
    this.#end(
      id,
      'unknown',
      '',
      `${why}. Now ${shows}; the request may still take effect, and was not repeated. Look again before you send it anew.`,
      cause?.serverText,
    )
  }

  /** Reads the synchronization again; the task is not over before. */
  #confirm(id: string): Promise<Readings> {
    this.#change(id, { state: 'confirming' })
    return this.#options.effects.readAgain(this.#store.get(id))
  }

  #end(id: string, outcome: Outcome, message: string, failure: string, serverText = ''): void {
    this.#change(id, { state: 'ended', outcome, message, failure, serverText, endedAt: this.#options.clock.now() })
    const { serverId, key, operation } = this.#store.get(id)
    this.#options.logger.write('info', 'task ended', { task: id, serverId, key, operation, outcome })
  }

  #change(id: string, change: Partial<StoredTask>): void {
    this.#closed.signal.throwIfAborted()
    this.#store.change(id, change)
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
      logFault(this.#options.logger, 'task broke', thrown, { task: id })
      this.#end(
        id,
        'unknown',
        '',
        'Syncdeck met a fault of its own while following this task; the log file tells more.',
      )
    }
  }
}

function mustBeThere<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('There is nothing to send')
  return value
}
