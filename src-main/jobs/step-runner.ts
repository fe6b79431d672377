import { randomUUID } from 'node:crypto'
import { foreignOrNone, message, sentencesOf, type Message } from '#contract/messages/message.ts'
import type { ConnectionForm } from '#contract/editing.ts'
import type { ServerId } from '#contract/ids.ts'
import { addresseeOf, type StepName, type SyncAccount } from '#contract/jobs.ts'
import { shownText } from '#contract/shown-text.ts'
import type { SynchronizationRef } from '#contract/synchronizations.ts'
import type { Task } from '#contract/tasks.ts'
import { FailureRow } from '../backbone/failures.ts'
import { draftValues } from '#contract/draft-values.ts'
import type { TaskId } from '#contract/ids.ts'
import type { Editor } from '../editing/editor.ts'
import type { Keeper } from '../editing/keeper.ts'
import type { Lifecycle } from '../editing/lifecycle.ts'
import { AppError, toErrorData } from '../errors/app-error.ts'
import { PerServer } from '../servers/per-server.ts'
import type { ServerRegistry } from '../servers/server-registry.ts'
import type { StoredTarget } from '../storage/job-table.ts'
import type { SynchronizationDirectory } from '../synchronizations/synchronization-directory.ts'
import type { SynchronizationReader } from '../synchronizations/synchronization-reader.ts'
import { isIntendedState } from '../tasks/states.ts'
import type { TaskIds, TaskRunner } from '../tasks/task-runner.ts'
import type { TaskStore } from '../tasks/task-store.ts'
import type { CopyStep } from './copy-step.ts'
import { accountOf, isSameAccount } from './one-first.ts'
import { ended, NOT_STORED, type StepEnd, type StepMeans } from './step-end.ts'

export interface StepRunnerOptions {
  readonly reader: Pick<SynchronizationReader, 'refreshItem' | 'refreshStatus'>
  readonly registry: Pick<ServerRegistry, 'find'>
  readonly tasks: Pick<TaskRunner, 'beginOne'>
  readonly editor: Pick<Editor, 'update' | 'updateConnection'>
  readonly lifecycle: Pick<Lifecycle, 'isGone' | 'deleteKept' | 'waitUntilGone'>
  readonly keeper: Pick<Keeper, 'keep'>
  readonly directory: Pick<SynchronizationDirectory, 'apply'>
  readonly taskStore: Pick<TaskStore, 'isBusy'>
  readonly copies: Pick<CopyStep, 'run' | 'endOf'>
}

type Side = 'first' | 'second'
const SIDES = ['first', 'second'] as const

/** Sends a request, or says how the step ends without one. */
type Prepared = StepEnd | Ready
interface Ready {
  readonly kind: 'ready'
  readonly send: (ids: TaskIds) => void
  /** What could not be kept beforehand. */
  readonly missing?: Message | null
}

/** Error codes that mean the synchronization itself does not exist. */
const GONE = new Set(['api.not-found', 'synchronization.unknown', 'server.unknown'])

/** Carries out single steps: reads, sends what is needed as a task, and waits for its end. */
export class StepRunner {
  readonly #options: StepRunnerOptions
  readonly #waiting = new Map<string, (task: Task) => void>()
  readonly #failures = new PerServer(() => new FailureRow())

  constructor(options: StepRunnerOptions) {
    this.#options = options
  }

  /**
   * Reads the current state, and sends a request only if it differs from what is wanted. `begins` gets the task's id
   * before anything is sent; if it returns false, nothing is sent.
   */
  async run(name: StepName, target: StoredTarget, batchId: string, means: StepMeans): Promise<StepEnd> {
    if (name === 'create') return this.#asked(addresseeOf(target), () => this.#options.copies.run(target, means))
    const ready = await this.#asked(target, () => this.#prepare(name, target, means))
    if (ready.kind !== 'ready') return ready
    if (this.#options.taskStore.isBusy(refOf(target))) return ended('failed', message('jobs.told.busy'))
    if (name === 'delete') return withMissing(await this.#delete(target, means), ready)
    const taskId = randomUUID()
    const end = this.followed(taskId)
    if (!means.begins(taskId)) {
      this.#waiting.delete(taskId)
      return NOT_STORED
    }
    try {
      ready.send({ id: taskId, batchId })
    } catch (error) {
      this.#waiting.delete(taskId)
      return ended('failed', toErrorData(error).message)
    }
    return withMissing(await this.endOf(await end), ready)
  }

  /** Determines the outcome of a deletion that an earlier session left unanswered. */
  async endOfDeletion(target: StoredTarget): Promise<StepEnd> {
    if (await this.#options.lifecycle.waitUntilGone(refOf(target))) {
      this.#forget(target)
      return ended('done', message('jobs.told.settled.delete'))
    }
    return ended('unknown', message('jobs.told.maybeDeleted'))
  }

  /** Determines the outcome of a creation that an earlier session left unanswered. */
  async endOfCreation(target: StoredTarget): Promise<StepEnd> {
    return this.#options.copies.endOf(target)
  }

  /** Resolves with a task when it has ended. */
  followed(taskId: TaskId): Promise<Task> {
    return new Promise((resolve) => this.#waiting.set(taskId, resolve))
  }

  taskChanged(task: Task): void {
    if (task.state !== 'ended') return
    const resolve = this.#waiting.get(task.id)
    this.#waiting.delete(task.id)
    resolve?.(task)
  }

  /**
   * What the end of its task means for a step. A step whose outcome no answer revealed is settled by reading, if
   * possible.
   */
  async endOf(task: Task): Promise<StepEnd> {
    const { outcome, step } = task
    const result = sentencesOf(
      task.failure ?? task.message,
      outcome === 'succeeded' ? null : foreignOrNone(task.serverText),
    )
    switch (outcome) {
      case 'succeeded':
        return ended('done', result)
      case 'lost':
      case 'unknown':
        return (step === 'start' || step === 'stop') && (await this.#shows(step, task))
          ? ended('done', sentencesOf(result, message(`jobs.told.settled.${step}`)))
          : ended('unknown', result)
      case 'interrupted':
        // For a single request this means that it was not sent, unless its server has been removed in the meantime.
        return ended(this.#options.registry.find(task.serverId) === null ? 'unknown' : 'waiting', result)
      default:
        return ended('failed', result)
    }
  }

  async #shows(step: 'start' | 'stop', ref: SynchronizationRef): Promise<boolean> {
    const word = await this.#asked(ref, () => this.#stateNow(ref))
    return typeof word === 'string' && isIntendedState(step, word)
  }

  /** How a step's request is sent, or why it must not be. */
  #prepare(name: Exclude<StepName, 'create'>, target: StoredTarget, { passwordOf }: StepMeans): Promise<Prepared> {
    switch (name) {
      case 'start':
      case 'stop':
        return this.#prepareRun(name, target)
      case 'update':
        return this.#prepareUpdate(target, passwordOf)
      case 'edit':
        return this.#prepareEdit(target)
      case 'delete':
        return this.#prepareDeletion(target)
    }
  }

  async #prepareRun(name: 'start' | 'stop', target: StoredTarget): Promise<Prepared> {
    // If it is to be deleted and is already gone, no stop is needed.
    if (target.steps.some((step) => step.name === 'delete') && (await this.#options.lifecycle.isGone(refOf(target))))
      return ended('needless', message('jobs.told.already.delete'))
    if (isIntendedState(name, await this.#stateNow(target)))
      return ended('needless', message(`jobs.told.already.${name}`))
    return { kind: 'ready', send: (ids) => this.#options.tasks.beginOne(name, refOf(target), ids) }
  }

  async #prepareUpdate(target: StoredTarget, passwordOf: StepMeans['passwordOf']): Promise<Prepared> {
    const { reader, editor, keeper } = this.#options
    const { integration } = await reader.refreshItem(refOf(target), { isFresh: true })
    const has = (account: (side: Side) => SyncAccount | null) => (side: Side) =>
      isSameAccount(account(side), integration[side])
    const [isBefore, isAfter] = [has((side) => target.before[side]), has((side) => accountOf(target, side))]
    if (!SIDES.every((side) => isBefore(side) || isAfter(side)))
      return { kind: 'changed', why: message('jobs.leftOut.changed') }
    if (target.changes.length > 0 && SIDES.every(isAfter)) return ended('needless', message('jobs.told.already.update'))
    const form = (side: Side): ConnectionForm['first'] | null => {
      const [now, account] = [integration[side], accountOf(target, side)]
      const password = account === null ? undefined : passwordOf(account)
      if (now === null || account === null || password === undefined) return null
      return { baseUrl: isBefore(side) && isAfter(side) ? now.baseUrl : account.baseUrl, password, proxy: null }
    }
    const [first, second] = [form('first'), form('second')]
    if (first === null || (integration.second !== null && second === null))
      return { kind: 'halt', why: message('jobs.halt.passwords') }
    const why = target.changes.length > 0 ? 'change-addresses' : 'new-password'
    const { missing } = await keeper.keep(refOf(target), why)
    const send = (ids: TaskIds): void => void editor.updateConnection(refOf(target), { first, second }, ids)
    return { kind: 'ready', send, missing }
  }

  /** With the same check as a single change: whatever somebody else has changed since is left alone. */
  async #prepareEdit(target: StoredTarget): Promise<Prepared> {
    const { reader, editor } = this.#options
    const { integration } = await reader.refreshItem(refOf(target), { isFresh: true })
    const now = draftValues(integration)
    const open = target.changes.filter(({ field, to }) => now[field] !== to)
    if (open.length === 0) return ended('needless', message('jobs.told.already.edit'))
    if (open.some(({ field, from }) => now[field] !== from))
      return { kind: 'changed', why: message('jobs.leftOut.changedSince') }
    const values = Object.fromEntries(open.map(({ field, to }) => [field, to]))
    return { kind: 'ready', send: (ids) => void editor.update(refOf(target), values, integration, ids) }
  }

  /** Deletes a synchronization only if it is stopped and unchanged since the job was planned. A copy is kept first. */
  async #prepareDeletion(target: StoredTarget): Promise<Prepared> {
    const { lifecycle, keeper } = this.#options
    if (await lifecycle.isGone(refOf(target))) return ended('needless', message('jobs.told.already.delete'))
    if (!isIntendedState('stop', await this.#stateNow(target))) return ended('failed', message('jobs.told.runsAgain'))
    const { integration: kept, missing } = await keeper.keep(refOf(target), 'delete')
    const isAsPlanned =
      shownText(kept?.summary ?? '') === target.summary &&
      SIDES.every((side) => isSameAccount(target.before[side], kept?.[side] ?? null))
    if (!isAsPlanned) return { kind: 'changed', why: message('jobs.leftOut.changedSince') }
    return { kind: 'ready', send: () => undefined, missing }
  }

  async #delete(target: StoredTarget, { begins }: StepMeans): Promise<StepEnd> {
    if (!begins(null)) return NOT_STORED
    return this.#asked(target, async () => {
      try {
        await this.#options.lifecycle.deleteKept(refOf(target))
      } catch (error) {
        if (!(error instanceof AppError) || error.data.isOutcomeUnknown !== true) throw error
        return ended('unknown', error.data.message)
      }
      this.#forget(target)
      return ended('done', null)
    })
  }

  /**
   * Removes a synchronization that no longer exists from the list at once; the whole list is read when the job has
   * ended.
   */
  #forget({ serverId, key }: StoredTarget): void {
    this.#options.directory.apply(serverId, [], [key])
  }

  /** The word for the state at this moment. */
  async #stateNow(target: SynchronizationRef): Promise<string> {
    const { status } = await this.#options.reader.refreshStatus(refOf(target), { isFresh: true })
    return status?.word ?? ''
  }

  /** If a server fails for one synchronization, that is no reason to leave out the others. */
  async #asked<T>(
    { serverId }: { readonly serverId: ServerId },
    ask: () => Promise<T | StepEnd>,
  ): Promise<T | StepEnd> {
    const row = this.#failures.get(serverId)
    try {
      const answer = await ask()
      row.answered()
      return answer
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      const { code, message: why } = error.data
      if (GONE.has(code) || row.isOfOne(error)) return ended('failed', why)
      return /^(auth|vault|app)\./.test(code) ? { kind: 'halt', why } : { kind: 'away', why }
    }
  }
}

function withMissing(end: StepEnd, { missing }: Ready): StepEnd {
  return end.kind === 'ended' && missing !== undefined ? { ...end, missing } : end
}

function refOf({ serverId, key }: SynchronizationRef): SynchronizationRef {
  return { serverId, key }
}
