import { randomUUID } from 'node:crypto'
import { foreignOrNone, message, sentencesOf, type Message } from '#contract/messages/message.ts'
import type { StepName, StepOutcome } from '#contract/jobs.ts'
import type { SynchronizationRef } from '#contract/synchronizations.ts'
import type { Task } from '#contract/tasks.ts'
import { isAboutOneObject } from '../backbone/failures.ts'
import { AppError, toErrorData } from '../errors/app-error.ts'
import type { ServerRegistry } from '../servers/server-registry.ts'
import type { SynchronizationReader } from '../synchronizations/synchronization-reader.ts'
import { isIntendedState } from '../tasks/states.ts'
import type { TaskRunner } from '../tasks/task-runner.ts'
import type { TaskStore } from '../tasks/task-store.ts'

/** How a step ended, or why nothing was sent. */
export type StepEnd =
  | { readonly kind: 'ended'; readonly outcome: StepOutcome; readonly told: Message | null }
  /** Nothing was sent, and the step waits: its server is away. */
  | { readonly kind: 'away'; readonly why: Message }
  /** Nothing was sent, and the step waits: nothing at all may go on. */
  | { readonly kind: 'halt'; readonly why: Message }

export interface StepRunnerOptions {
  readonly reader: Pick<SynchronizationReader, 'refreshStatus'>
  readonly registry: Pick<ServerRegistry, 'find'>
  readonly tasks: Pick<TaskRunner, 'beginOne'>
  readonly taskStore: Pick<TaskStore, 'isBusy'>
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
   * Reads the state, and sends a request only where it is another than the wanted one. `begins` is told the id of the task before anything is
   * sent; where it answers false, nothing is.
   */
  async run(
    name: StepName,
    ref: SynchronizationRef,
    batchId: string,
    begins: (taskId: string) => boolean,
  ): Promise<StepEnd> {
    const word = await this.#stateNow(ref)
    if (typeof word !== 'string') return word
    if (isIntendedState(name, word)) return ended('needless', message(`jobs.told.already.${name}`))
    if (this.#options.taskStore.isBusy(ref)) return ended('failed', message('jobs.told.busy'))
    const taskId = randomUUID()
    const end = this.followed(taskId)
    if (!begins(taskId)) {
      this.#waiting.delete(taskId)
      return { kind: 'halt', why: message('jobs.halt.notStored') }
    }
    try {
      this.#options.tasks.beginOne(name, ref, { id: taskId, batchId })
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

  async #shows(step: StepName, ref: SynchronizationRef): Promise<boolean> {
    const word = await this.#stateNow(ref)
    return typeof word === 'string' && isIntendedState(step, word)
  }

  /** The state word in this moment, or why it cannot be had. */
  async #stateNow(ref: SynchronizationRef): Promise<string | StepEnd> {
    try {
      return (await this.#options.reader.refreshStatus(ref, { isFresh: true })).status?.word ?? ''
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      const { code, message: why } = error.data
      if (GONE.has(code) || isAboutOneObject(error)) return ended('failed', why)
      return /^(auth|vault|app)\./.test(code) ? { kind: 'halt', why } : { kind: 'away', why }
    }
  }
}

function ended(outcome: StepOutcome, told: Message | null): StepEnd {
  return { kind: 'ended', outcome, told }
}
