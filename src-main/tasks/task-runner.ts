import { randomUUID } from 'node:crypto'
import type { ServerId, TaskId } from '#contract/ids.ts'
import { foreignOrNone, isSameMessage, message, sentences, type Message } from '#contract/messages/message.ts'
import { refId, type SynchronizationRef } from '#contract/synchronizations.ts'
import type { RunOperation } from '#contract/tasks.ts'
import type { AsyncTask } from '../backbone/async-task.ts'
import type { BackboneApi } from '../backbone/backbone-api.ts'
import type { Integration } from '../backbone/integration.ts'
import { wait, type Clock } from '../clock.ts'
import { AppError, toErrorData } from '../errors/app-error.ts'
import type { Lease } from '../http/session.ts'
import { logFault } from '../logging/fault.ts'
import type { Logger } from '../logging/logger.ts'
import type { Connections } from '../servers/connections.ts'
import { placeOf } from '../servers/place.ts'
import type { ServerRegistry } from '../servers/server-registry.ts'
import type { StoredTask } from '../storage/task-table.ts'
import type { EffectReader, Readings } from './effect-reader.ts'
import { readIntent, type Intent, type WriteIntent } from './intent.ts'
import { Checks, isUnreadable, pauseAfterCheck } from './checks.ts'
import { newTask, NO_CHANGE } from './new-task.ts'
import { isOppositeState } from './states.ts'
import type { SynchronizationDirectory } from '../synchronizations/synchronization-directory.ts'
import { lostEnd, movedEnd, reportedEnd, shownEnd, unsentEnd, type TaskEnd } from './task-ends.ts'
import type { TaskStore } from './task-store.ts'
import { isFailing, looksUsedUp, MAX_UNREADABLE, whyUnreadable } from './unreadable.ts'

/** Answers that do not reveal whether the server had started. */
const TELLING: ReadonlySet<string> = new Set([
  'http.server-error',
  'http.rate-limited',
  'auth.intercepted',
  'auth.forbidden',
  'api.refused',
  'api.not-found',
])

/**
 * How many times in a row a task may be unknown when it is not certain that the right node answered. With four nodes,
 * that misses one in twenty.
 */
const MAX_UNKNOWN = 10

const ANSWER_LOST = message('tasks.told.lost')

/** The ids of a task and its batch, if the caller has stored them before. */
export type TaskIds = Pick<StoredTask, 'id' | 'batchId'>

/** A write that was not sent yet. */
export interface Unsent {
  readonly send: (api: BackboneApi) => Promise<AsyncTask>
  /** Rejects if it must not be sent once more: see `WriteCall`. */
  readonly again: (api: BackboneApi) => Promise<void>
}

export interface TaskRunnerOptions {
  readonly store: TaskStore
  readonly registry: Pick<ServerRegistry, 'find' | 'get'>
  readonly connections: Pick<Connections, 'get'>
  readonly directory: Pick<SynchronizationDirectory, 'get'>
  readonly effects: EffectReader
  readonly copyGuard: { readonly refusal: (serverId: ServerId, action: 'start') => AppError | null }
  readonly logger: Logger
  readonly clock: Clock
  /** The first interval between two checks of a task; it grows to ten times this. */
  readonly pollMs: number
}

/**
 * Starts, stops and restarts synchronizations, and follows each operation from the click to its end. Every request is
 * sent once; if its answer is lost, the state of the server shows the outcome. Tasks are stored before anything is
 * sent, so that they are still watched after a restart of Syncdeck.
 */
export class TaskRunner {
  readonly #options: TaskRunnerOptions
  readonly #store: TaskStore
  /** What remains to be sent for a task, with its secrets; removed when it is sent. */
  readonly #unsent = new Map<string, Unsent>()
  readonly #closed = new AbortController()

  constructor(options: TaskRunnerOptions) {
    this.#options = options
    this.#store = options.store
  }

  /** Resumes the tasks of an earlier session. */
  resume(): void {
    for (const task of this.#store.open()) {
      void this.#guard(task.id, () => this.#goOn(task))
    }
  }

  async #goOn(task: StoredTask): Promise<void> {
    if (task.remoteId !== null) return this.#watch(task.id, task.remoteId, { anchor: null, isResumed: true })
    if (task.state !== 'sending' || readIntent(task).hasLeft) return this.#findOut(task.id, ANSWER_LOST)
    this.#end(task.id, unsentEnd(task))
  }

  /**
   * Begins one task per target and returns their ids at once. Unknown targets, and those that must not be started (a
   * restart would stop them first), make it throw before anything is sent.
   */
  begin(operation: RunOperation, targets: readonly SynchronizationRef[]): string[] {
    const unique = [...new Map(targets.map((ref) => [refId(ref), ref])).values()]
    const step = operation === 'start' ? 'start' : 'stop'
    if (operation !== 'stop') this.#refuseCopies(unique)
    const batchId = randomUUID()
    const tasks = unique.map((ref) => this.#newTask({ operation, step, intent: NO_CHANGE, batchId }, ref))
    for (const task of tasks) this.#launch(task)
    return tasks.map(({ id }) => id)
  }

  #refuseCopies(refs: readonly SynchronizationRef[]): void {
    for (const { serverId } of refs) {
      const refusal = this.#options.copyGuard.refusal(serverId, 'start')
      if (refusal !== null) throw refusal
    }
  }

  /**
   * Stores the start of a synchronization that was just created, and may not be listed yet; the returned function begins
   * it. If Syncdeck ends before that, the next start reports it as not sent. Throws as `begin` does.
   */
  prepareStart(serverId: ServerId, integration: Integration): () => void {
    this.#refuseCopies([{ serverId, key: integration.key }])
    const { registry, clock } = this.#options
    const what = { operation: 'start', step: 'start', intent: NO_CHANGE, batchId: randomUUID() } as const
    const task = newTask(what, registry.get(serverId), { integration }, clock.now())
    const isStored = this.#store.add(task)
    return () => {
      if (isStored) void this.#guard(task.id, () => this.#send(task.id))
    }
  }

  /** Begins one task under an id that its owner has stored before. Throws as `begin` does. */
  beginOne(operation: 'start' | 'stop', ref: SynchronizationRef, ids: TaskIds): void {
    this.#launch(this.#newTask({ operation, step: operation, intent: NO_CHANGE, ...ids }, ref))
  }

  /**
   * Begins a task for a write that changes a synchronization. The intent is stored and compared with what the server
   * shows afterwards; if the answer was lost, this shows what can be known.
   */
  beginWrite(
    operation: 'update' | 'connection',
    ref: SynchronizationRef,
    intent: WriteIntent,
    unsent: Unsent,
    ids: Partial<TaskIds> = {},
  ): string {
    const { batchId = randomUUID(), ...id } = ids
    const task = this.#newTask({ operation, step: operation, intent, batchId, ...id }, ref)
    this.#unsent.set(task.id, unsent)
    this.#launch(task)
    return task.id
  }

  /** Throws if the server or synchronization is not, or no longer, listed. */
  #newTask(what: Parameters<typeof newTask>[0], ref: SynchronizationRef): StoredTask {
    const { registry, directory, clock } = this.#options
    return newTask(what, registry.get(ref.serverId), directory.get(ref), clock.now())
  }

  #launch(task: StoredTask): void {
    if (this.#store.add(task)) void this.#guard(task.id, () => this.#send(task.id))
    else this.#unsent.delete(task.id)
  }

  /** Stops watching. Tasks on the servers continue there, and are watched again after the next start. */
  close(): void {
    this.#closed.abort()
  }

  async #send(id: TaskId): Promise<void> {
    const task = this.#store.get(id)
    const { serverId, key, step } = task
    const stateBefore = step === 'update' ? '' : await this.#options.effects.stateNow(task)
    const intent: Intent = { ...readIntent(task), stateBefore, hasLeft: true }
    const isStored = this.#change(id, { intent: JSON.stringify(intent) })
    const unsent = this.#unsent.get(id)
    this.#unsent.delete(id)
    // After a crash it would be reported as not sent.
    if (!isStored) return this.#end(id, { outcome: 'failed', failure: message('tasks.told.notStored') })
    const anchor = this.#anchor(serverId)
    let remote: AsyncTask
    try {
      const { api } = this.#options.connections.get(serverId, intent.place)
      const again = async (): Promise<void> => {
        await unsent?.again(api)
        if (step !== 'update') await this.#noteStateAgain(id)
      }
      const writing = api.ofTask(id, again)
      remote = await (step === 'start' || step === 'stop'
        ? writing.operate(key, step)
        : mustBeThere(unsent).send(writing))
    } catch (thrown) {
      const error = toErrorData(thrown)
      // A fault of our own says nothing about whether the request was sent.
      if (!(thrown instanceof AppError) || thrown.isAnswerLost)
        return this.#findOut(id, TELLING.has(error.code) ? error.message : ANSWER_LOST, error.serverText)
      const isRefused = error.code === 'api.refused' || error.code.startsWith('auth.')
      // This is certain, and so recorded even while Syncdeck is closing: the next start would call it lost.
      return this.#endNow(id, {
        outcome: isRefused ? 'refused' : 'failed',
        failure: error.message,
        serverText: error.serverText,
      })
    }
    this.#change(id, { state: 'running', remoteId: remote.id, message: foreignOrNone(remote.message) })
    await this.#watch(id, remote.id, { anchor: this.#stillAnchor(serverId, anchor), isResumed: false })
  }

  /** Others may have changed the state while the server kept the request waiting. */
  async #noteStateAgain(id: TaskId): Promise<void> {
    const task = this.#store.get(id)
    const stateBefore = await this.#options.effects.stateNow(task)
    this.#change(id, { intent: JSON.stringify({ ...readIntent(task), stateBefore } satisfies Intent) })
  }

  /**
   * Watches the remote task until it ends. If the server cannot be asked, it waits and concludes nothing. If the task
   * itself cannot be read or found, its effect is determined otherwise. `anchor`: the session that led to the node
   * which has it.
   */
  async #watch(
    id: TaskId,
    remoteId: string,
    { anchor, isResumed }: { anchor: Lease | null; readonly isResumed: boolean },
  ): Promise<void> {
    const { registry, connections, pollMs } = this.#options
    for (let round = 0, unreadable = 0, unknown = 0, served = 0; ; round += 1) {
      if (round > 0) await this.#pause(Math.min(pollMs * 10, pollMs * 1.15 ** round))
      const { serverId, projectKey } = this.#store.get(id)
      if (registry.find(serverId) === null) {
        return this.#end(id, { outcome: 'interrupted', message: message('tasks.told.serverRemovedGoesOn') })
      }
      if (this.#hasMoved(id)) return this.#end(id, movedEnd(message('tasks.told.accepted')))
      const askedBy = this.#anchor(serverId)
      let remote: AsyncTask
      try {
        remote = await connections.get(serverId, readIntent(this.#store.get(id)).place).api.task(remoteId, projectKey)
      } catch (thrown) {
        const error = toErrorData(thrown)
        if (error.code === 'api.not-found') {
          unknown += 1
          if (unknown >= MAX_UNKNOWN) return this.#findOut(id, message('tasks.told.notFound'))
          if (anchor === null) continue
          // If nothing else is found either, Jira is starting, or something in front of it answers.
          const readings = await this.#options.effects.readAgain(this.#store.get(id))
          served = readings.status !== null && this.#anchor(serverId) === anchor ? served + 1 : 0
          if (served > 1) return this.#end(id, lostEnd(this.#store.get(id), readings))
          continue
        }
        if (error.code === 'auth.forbidden') return this.#findOut(id, message('tasks.told.notReadable'))
        if (await this.#isTaskUnreadable(id, thrown)) unreadable += looksUsedUp(error)
        if (unreadable >= MAX_UNREADABLE) return this.#findOut(id, whyUnreadable(error), error.serverText)
        this.#store.setWaiting(id, error.message)
        continue
      }
      unreadable = unknown = served = 0
      anchor = this.#stillAnchor(serverId, askedBy)
      this.#store.setWaiting(id, null)
      const progress = remote.progress > 0 ? Math.min(100, remote.progress) : null
      const before = this.#store.get(id)
      const words = foreignOrNone(remote.message)
      if (before.progress !== progress || !isSameMessage(before.message, words))
        this.#change(id, { progress, message: words })
      if (remote.end !== null) return this.#finishStep(id, remote, isResumed)
    }
  }

  /** Its server is at another address than the one its request went to, which may be another Jira's. */
  #hasMoved(id: TaskId): boolean {
    const task = this.#store.get(id)
    const { place } = readIntent(task)
    const server = this.#options.registry.find(task.serverId)
    return server !== null && place !== null && placeOf(server) !== place
  }

  /** The session that shows which node of a cluster a request reaches; null if that is not certain. */
  #anchor(serverId: ServerId): Lease | null {
    const { registry, connections } = this.#options
    return registry.find(serverId) === null ? null : connections.get(serverId).session.anchor
  }

  /**
   * The session with which a request was sent that has just been answered: `before`, the current one back then; null if
   * it has changed since.
   */
  #stillAnchor(serverId: ServerId, before: Lease | null): Lease | null {
    return this.#anchor(serverId) === before ? before : null
  }

  /** If a server fails, it is itself at fault, unless it answers for the synchronization. */
  async #isTaskUnreadable(id: TaskId, thrown: unknown): Promise<boolean> {
    if (toErrorData(thrown).code !== 'http.server-error') return isUnreadable(thrown)
    return (await this.#options.effects.readAgain(this.#store.get(id))).status !== null
  }

  async #finishStep(id: TaskId, remote: AsyncTask, isResumed: boolean): Promise<void> {
    const readings = remote.end === 'succeeded' ? await this.#confirmSuccess(id) : await this.#confirm(id)
    const task = this.#store.get(id)
    const end = reportedEnd(task, remote, readings)
    const isHalfDone = task.operation === 'restart' && task.step === 'stop'
    if (end.outcome === 'succeeded' && isHalfDone) return this.#startAgain(id, isResumed)
    this.#end(id, end)
  }

  /** The second step of a restart. */
  async #startAgain(id: TaskId, isResumed: boolean): Promise<void> {
    // Starting it automatically, perhaps days later, would be a surprise; the user decides.
    if (isResumed) return this.#end(id, { outcome: 'interrupted', message: message('tasks.told.notStartedAgain') })
    this.#change(id, {
      step: 'start',
      state: 'sending',
      remoteId: null,
      progress: null,
      message: message('tasks.told.startingAgain'),
      intent: JSON.stringify({ ...readIntent(this.#store.get(id)), hasLeft: false } satisfies Intent),
    })
    return this.#send(id)
  }

  /**
   * No answer told whether the request took effect; `why` says so. Reads until the effect shows, or until it is too
   * late to expect one.
   */
  async #findOut(id: TaskId, why: Message, serverText?: string): Promise<void> {
    const { registry, pollMs } = this.#options
    this.#store.setWaiting(id, null)
    this.#change(id, { state: 'confirming', message: sentences(why, message('tasks.told.reading')) })
    const { step, serverId, operation } = this.#store.get(id)
    let shows = message('tasks.shows.notFound')
    const checks = new Checks()
    for (let count = 1; !checks.areOver; count += 1) {
      if (registry.find(serverId) === null)
        return this.#end(id, { outcome: 'interrupted', message: message('tasks.told.serverRemoved') })
      if (this.#hasMoved(id)) return this.#end(id, movedEnd(why, serverText))
      try {
        const effect = await this.#options.effects.effectOf(this.#store.get(id))
        checks.foundNothing()
        this.#store.setWaiting(id, null)
        const end = shownEnd({ operation, step }, effect, why, serverText)
        if (end !== null) return this.#end(id, end)
        shows = effect.shows
      } catch (thrown) {
        this.#store.setWaiting(id, toErrorData(thrown).message)
        // An unavailable server is waited for.
        if (isUnreadable(thrown) || isFailing(thrown)) checks.failed(thrown)
        if (isUnreadable(thrown) || checks.areOver) shows = message('tasks.shows.unreadable')
      }
      await this.#pause(pauseAfterCheck(pollMs, count))
    }
    this.#end(id, {
      outcome: 'unknown',
      failure: sentences(why, message('tasks.told.mayStillTakeEffect', { shows })),
      serverText,
    })
  }

  /** As `#confirm`; reads again while the state is the opposite of what was requested, as it may be for a moment. */
  async #confirmSuccess(id: TaskId): Promise<Readings> {
    const checks = new Checks()
    for (let count = 1; ; count += 1) {
      const readings = await this.#confirm(id)
      if (!isOppositeState(this.#store.get(id).step, readings.status?.status?.word ?? '')) return readings
      checks.foundNothing()
      if (checks.areOver) return readings
      await this.#pause(pauseAfterCheck(this.#options.pollMs, count))
    }
  }

  /** Reads the synchronization again; the task does not end before that. */
  #confirm(id: TaskId): Promise<Readings> {
    this.#change(id, { state: 'confirming' })
    return this.#options.effects.readAgain(this.#store.get(id))
  }

  #end(id: TaskId, end: TaskEnd): void {
    this.#closed.signal.throwIfAborted()
    this.#endNow(id, end)
  }

  #endNow(id: TaskId, { outcome, message: words = null, failure = null, serverText = '' }: TaskEnd): void {
    const endedAt = this.#options.clock.now()
    this.#store.change(id, { state: 'ended', outcome, message: words, failure, serverText, endedAt })
    const { serverId, key, operation } = this.#store.get(id)
    this.#options.logger.write('info', 'task ended', { task: id, serverId, key, operation, outcome })
  }

  /** False if it could not be stored. */
  #change(id: TaskId, change: Partial<StoredTask>): boolean {
    this.#closed.signal.throwIfAborted()
    return this.#store.change(id, change)
  }

  async #pause(milliseconds: number): Promise<void> {
    await wait(this.#options.clock, milliseconds, this.#closed.signal)
  }

  /** Runs the work of one task; closing ends it silently, a fault of our own ends the task with a message. */
  async #guard(id: TaskId, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (thrown) {
      if (this.#closed.signal.aborted) return
      logFault(this.#options.logger, 'task broke', thrown, { task: id })
      this.#end(id, { outcome: 'unknown', failure: message('tasks.told.fault') })
    }
  }
}

function mustBeThere<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('There is nothing to send')
  return value
}
