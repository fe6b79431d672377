import type { ServerId, TaskId } from '#contract/ids.ts'
import { foreign, message } from '#contract/messages/message.ts'
import { MAX_KEY_LENGTH } from '#contract/synchronizations.ts'
import type { Clock } from '../clock.ts'
import { AppError } from '../errors/app-error.ts'
import { notNoted } from '../errors/not-noted.ts'
import type { WriteCall, WriteEnded } from '../http/jira-client.ts'
import { logFault } from '../logging/fault.ts'
import type { Logger } from '../logging/logger.ts'
import { maskedJson } from '../logging/redact.ts'
import { Signal } from '../signal.ts'
import type { StateDisk } from '../storage/state-disk.ts'
import { asObject, asText } from '../wire-values.ts'
import type {
  AuditAttempt,
  AuditDetails,
  AuditEnd,
  AuditOutcome,
  AuditTable,
  UnendedAttempt,
} from '../storage/audit-table.ts'
import { endOf, type FollowedTask } from './task-end.ts'

/** Who writes where, as the audit trail records it. */
export interface Writer {
  readonly serverId: ServerId
  readonly serverName: string
  readonly user: string
  /** Base URL and path of the REST API. */
  readonly apiAddress: string
}

/** Records a write before it leaves; the returned function records its outcome. */
export type WriteObserver = (call: WriteCall) => WriteEnded

/**
 * The audit trail: every write attempted through Syncdeck, recorded before it is sent, when it is answered, and when
 * its task has ended. It sits at the one place that all writes pass, so that none can be forgotten.
 */
export class AuditLog {
  /** There is a new entry, or more is known about one. */
  readonly grown = new Signal<[id: number]>()
  readonly #table: AuditTable
  readonly #clock: Pick<Clock, 'now'>
  readonly #logger: Logger
  readonly #closing: AbortSignal
  readonly #disk: Pick<StateDisk, 'reached'>
  /** The writes of each task that have not ended. */
  readonly #unended = new Map<string, UnendedAttempt[]>()

  constructor(options: {
    table: AuditTable
    clock: Pick<Clock, 'now'>
    logger: Logger
    /** Syncdeck is quitting. */
    closing: AbortSignal
    disk: Pick<StateDisk, 'reached'>
  }) {
    this.#table = options.table
    this.#clock = options.clock
    this.#logger = options.logger
    this.#closing = options.closing
    this.#disk = options.disk
  }

  observer(writer: () => Writer): WriteObserver {
    return (call) => {
      const { serverId, serverName, user, apiAddress } = writer()
      const id = this.#attempt({
        at: this.#clock.now(),
        serverId,
        serverName,
        user,
        method: call.method,
        address: apiAddress + call.path,
        object: call.object,
        action: call.action,
        body: call.json === undefined ? '' : maskedJson(call.json),
        taskId: call.taskId ?? null,
      })
      if (call.taskId !== undefined) this.#follow({ id, action: call.action, taskId: call.taskId })
      this.grown.emit(id)
      return (failure, hasLeft, answer) => {
        const outcome = outcomeOf(failure, hasLeft)
        if (outcome === 'refused' || outcome === 'not-sent') this.#unfollow(call.taskId, id)
        const note = (): void => this.#outcome(id, outcome, detailsOf(call, failure, answer))
        if (outcome === 'lost' && call.settled !== undefined) void call.settled.then(note)
        else note()
      }
    }
  }

  #outcome(id: number, outcome: AuditOutcome, details: AuditDetails): void {
    // Nobody is left to be told: it stays open, and the next start reports it.
    if (outcome === 'lost' && this.#closing.aborted) return
    try {
      this.#table.outcome(id, this.#clock.now(), outcome, details)
      this.grown.emit(id)
    } catch (fault) {
      // The write has been sent; reporting it as done must not depend on this line. The attempt stays recorded without
      // an end.
      logFault(this.#logger, 'outcome not noted', fault)
    }
  }

  /**
   * Resolves when everything recorded is on the disk, so that not even a power failure erases a write that was sent. If
   * it rejects with `storage.failed`, nothing must be sent.
   */
  async onDisk(): Promise<void> {
    try {
      await this.#disk.reached()
    } catch (fault) {
      throw this.#notNoted(fault)
    }
  }

  /**
   * Continues where an earlier session left off: records how tasks ended, and follows those still running. `taskOf`
   * returns null if the task is no longer kept.
   */
  resume(taskOf: (id: TaskId) => FollowedTask | null): void {
    try {
      for (const attempt of this.#table.unended()) this.#follow(attempt)
      this.#end([...this.#unended].flatMap(([taskId, attempts]) => endsOf(attempts, taskOf(taskId))))
    } catch (fault) {
      logFault(this.#logger, 'ends of tasks not looked up', fault)
    }
  }

  /** Records how its writes ended, once they have. */
  taskChanged(task: FollowedTask): void {
    const attempts = this.#unended.get(task.id)
    if (attempts !== undefined) this.#end(endsOf(attempts, task))
  }

  #end(ends: readonly (AuditEnd & { readonly taskId: TaskId })[]): void {
    const last = ends.at(-1)
    if (last === undefined) return
    try {
      this.#table.end(ends, this.#clock.now())
    } catch (fault) {
      // The next start finds them without an end, and records it.
      logFault(this.#logger, 'end of a task not noted', fault)
    }
    for (const { taskId, attemptId } of ends) this.#unfollow(taskId, attemptId)
    this.grown.emit(last.attemptId)
  }

  #follow(attempt: UnendedAttempt): void {
    this.#unended.set(attempt.taskId, [...(this.#unended.get(attempt.taskId) ?? []), attempt])
  }

  #unfollow(taskId: TaskId | undefined, attemptId: number): void {
    if (taskId === undefined) return
    const left = (this.#unended.get(taskId) ?? []).filter(({ id }) => id !== attemptId)
    if (left.length === 0) this.#unended.delete(taskId)
    else this.#unended.set(taskId, left)
  }

  /** Whatever cannot be recorded is not sent. Throws `storage.failed`. */
  #attempt(entry: AuditAttempt): number {
    try {
      return this.#table.attempt(entry)
    } catch (fault) {
      throw this.#notNoted(fault)
    }
  }

  #notNoted(fault: unknown): AppError {
    logFault(this.#logger, 'attempt not noted', fault)
    return notNoted(fault, message('errors.storage.audit'), (reason) =>
      message('errors.storage.auditBecause', { reason }),
    )
  }
}

function endsOf(attempts: readonly UnendedAttempt[], task: FollowedTask | null): (AuditEnd & { taskId: TaskId })[] {
  return attempts.flatMap(({ id, action, taskId }) => {
    const end = endOf(action, task)
    return end === null ? [] : [{ ...end, attemptId: id, taskId }]
  })
}

/** Why it failed; for a creation that was accepted, the key of what was created. */
function detailsOf({ action }: WriteCall, failure: unknown, answer: unknown): AuditDetails {
  if (failure instanceof AppError) return failure.data.message
  if (failure instanceof Error) return foreign(failure.message)
  const created = asText(asObject(answer)?.integrationKey).slice(0, MAX_KEY_LENGTH)
  return action === 'create' && created !== '' ? { created } : null
}

/**
 * `null` if the write was accepted. If it has not left, it was not sent, whatever the reason: a closed gate, a rate
 * limit.
 */
function outcomeOf(failure: unknown, hasLeft: boolean): AuditOutcome {
  if (failure === null) return 'accepted'
  if (!hasLeft) return 'not-sent'
  if (!(failure instanceof AppError) || failure.isAnswerLost) return 'lost'
  return /^(net|tls)\.|^auth\.blocked$/.test(failure.code) ? 'not-sent' : 'refused'
}
