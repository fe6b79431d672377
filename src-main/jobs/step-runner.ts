import { randomUUID } from 'node:crypto'
import { foreignOrNone, message, sentencesOf, type Message } from '#contract/messages/message.ts'
import type { ConnectionForm } from '#contract/editing.ts'
import type { StepName, StepOutcome, SyncAccount } from '#contract/jobs.ts'
import { maskUserinfo } from '#contract/masking.ts'
import type { SynchronizationRef } from '#contract/synchronizations.ts'
import type { Task } from '#contract/tasks.ts'
import { isAboutOneObject } from '../backbone/failures.ts'
import type { ConnectorSide } from '../backbone/integration.ts'
import type { Editor } from '../editing/editor.ts'
import { AppError, toErrorData } from '../errors/app-error.ts'
import type { ServerRegistry } from '../servers/server-registry.ts'
import type { StoredTarget } from '../storage/job-table.ts'
import type { SynchronizationReader } from '../synchronizations/synchronization-reader.ts'
import { isIntendedState } from '../tasks/states.ts'
import type { TaskRunner } from '../tasks/task-runner.ts'
import type { TaskStore } from '../tasks/task-store.ts'
import { accountKey } from './one-first.ts'

/** How a step ended, or why nothing was sent. */
export type StepEnd =
  | { readonly kind: 'ended'; readonly outcome: StepOutcome; readonly told: Message | null }
  /** Nothing was sent, nor will be: the synchronization is another than it was when the job was planned. */
  | { readonly kind: 'changed'; readonly why: Message }
  /** Nothing was sent, and the step waits: its server is away. */
  | { readonly kind: 'away'; readonly why: Message }
  /** Nothing was sent, and the step waits: nothing at all may go on. */
  | { readonly kind: 'halt'; readonly why: Message }

export interface StepRunnerOptions {
  readonly reader: Pick<SynchronizationReader, 'refreshItem' | 'refreshStatus'>
  readonly registry: Pick<ServerRegistry, 'find'>
  readonly tasks: Pick<TaskRunner, 'beginOne'>
  readonly editor: Pick<Editor, 'updateConnection'>
  readonly taskStore: Pick<TaskStore, 'isBusy'>
}

/** What a step needs of its job. */
export interface StepMeans {
  readonly begins: (taskId: string) => boolean
  /** Undefined where it was not given. */
  readonly passwordOf: (account: SyncAccount) => string | undefined
}

/** What a request could not be read for: the synchronization itself is not there. */
const GONE = new Set(['api.not-found', 'synchronization.unknown', 'server.unknown'])

/** Carries out single steps: reads, sends what is needed by a task, and waits for its end. */
export class StepRunner {
  readonly #options: StepRunnerOptions
  readonly #waiting = new Map<string, (task: Task) => void>()

  constructor(options: StepRunnerOptions) {
    this.#options = options
  }

  /**
   * Reads what is, and sends a request only where it is another than what is wanted. `begins` is told the id of the task before anything is
   * sent; where it answers false, nothing is.
   */
  async run(name: StepName, target: StoredTarget, batchId: string, means: StepMeans): Promise<StepEnd> {
    const ref = { serverId: target.serverId, key: target.key }
    const now = await (name === 'update' ? this.#connectionNow(target, means.passwordOf) : this.#stateNow(ref))
    if (typeof now === 'object' && 'kind' in now) return now
    if (typeof now === 'string' && name !== 'update' && isIntendedState(name, now))
      return ended('needless', message(`jobs.told.already.${name}`))
    if (this.#options.taskStore.isBusy(ref)) return ended('failed', message('jobs.told.busy'))
    const taskId = randomUUID()
    const end = this.followed(taskId)
    if (!means.begins(taskId)) {
      this.#waiting.delete(taskId)
      return { kind: 'halt', why: message('jobs.halt.notStored') }
    }
    try {
      const ids = { id: taskId, batchId }
      if (typeof now === 'object') this.#options.editor.updateConnection(ref, now, ids)
      else if (name !== 'update') this.#options.tasks.beginOne(name, ref, ids)
    } catch (error) {
      this.#waiting.delete(taskId)
      return ended('failed', toErrorData(error).message)
    }
    return this.endOf(await end)
  }

  /** Resolves with a task when it has ended. */
  followed(taskId: string): Promise<Task> {
    return new Promise((resolve) => this.#waiting.set(taskId, resolve))
  }

  taskChanged(task: Task): void {
    if (task.state !== 'ended') return
    const resolve = this.#waiting.get(task.id)
    this.#waiting.delete(task.id)
    resolve?.(task)
  }

  /** What the end of its task says of a step. One whose outcome no answer told is settled by reading, where that is possible. */
  async endOf(task: Task): Promise<StepEnd> {
    const { outcome, step } = task
    const told = sentencesOf(
      task.failure ?? task.message,
      outcome === 'succeeded' ? null : foreignOrNone(task.serverText),
    )
    switch (outcome) {
      case 'succeeded':
        return ended('done', told)
      case 'lost':
      case 'unknown':
        return (step === 'start' || step === 'stop') && (await this.#shows(step, task))
          ? ended('done', sentencesOf(told, message(`jobs.told.settled.${step}`)))
          : ended('unknown', told)
      case 'interrupted':
        // Of a single request that means that it did not leave, unless its server was removed meanwhile.
        return ended(this.#options.registry.find(task.serverId) === null ? 'unknown' : 'waiting', told)
      default:
        return ended('failed', told)
    }
  }

  async #shows(step: 'start' | 'stop', ref: SynchronizationRef): Promise<boolean> {
    const word = await this.#stateNow(ref)
    return typeof word === 'string' && isIntendedState(step, word)
  }

  /** The state word in this moment, or why it cannot be had. */
  #stateNow(ref: SynchronizationRef): Promise<string | StepEnd> {
    const { reader } = this.#options
    return this.#asked(async () => (await reader.refreshStatus(ref, { isFresh: true })).status?.word ?? '')
  }

  /** The connection as it is, with these passwords. */
  #connectionNow(target: StoredTarget, passwordOf: StepMeans['passwordOf']): Promise<ConnectionForm | StepEnd> {
    const { reader } = this.#options
    const ref = { serverId: target.serverId, key: target.key }
    return this.#asked(async () => {
      const { integration } = await reader.refreshItem(ref, { isFresh: true })
      const isAsPlanned = (['first', 'second'] as const).every((side) =>
        isSameAccount(target.before[side], integration[side]),
      )
      if (!isAsPlanned) return { kind: 'changed', why: message('jobs.leftOut.changed') }
      const [first, second] = [sideOf(integration.first, passwordOf), sideOf(integration.second, passwordOf)]
      if (first === null || (integration.second !== null && second === null))
        return { kind: 'halt', why: message('jobs.halt.passwords') }
      return { first, second }
    })
  }

  async #asked<T>(ask: () => Promise<T | StepEnd>): Promise<T | StepEnd> {
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      const { code, message: why } = error.data
      if (GONE.has(code) || isAboutOneObject(error)) return ended('failed', why)
      return /^(auth|vault|app)\./.test(code) ? { kind: 'halt', why } : { kind: 'away', why }
    }
  }
}

/** A base URL is compared as it is shown and stored: without what a server may have put into it of users and passwords. */
function accountOf(side: ConnectorSide): SyncAccount {
  return { user: side.user, baseUrl: maskUserinfo(side.baseUrl) }
}

function isSameAccount(before: SyncAccount | null, side: ConnectorSide | null): boolean {
  if (before === null || side === null) return before === null && side === null
  return accountKey(before) === accountKey(accountOf(side))
}

function sideOf(side: ConnectorSide | null, passwordOf: StepMeans['passwordOf']): ConnectionForm['first'] | null {
  const password = side === null ? undefined : passwordOf(accountOf(side))
  return side === null || password === undefined ? null : { baseUrl: side.baseUrl, password, proxy: null }
}

function ended(outcome: StepOutcome, told: Message | null): StepEnd {
  return { kind: 'ended', outcome, told }
}
