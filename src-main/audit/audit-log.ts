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
import { asObject, asText } from '../wire-values.ts'
import type { AuditAttempt, AuditDetails, AuditOutcome, AuditTable } from '../storage/audit-table.ts'

/** Who writes where, as the audit trail names it. */
export interface Writer {
  readonly serverId: string
  readonly serverName: string
  readonly user: string
  /** Base URL and path of the REST API. */
  readonly apiAddress: string
}

/** Notes a write before it leaves; the returned function notes what became of it. */
export type WriteObserver = (call: WriteCall) => WriteEnded

/**
 * The audit trail: every write attempted through Syncdeck, noted before it is sent and again when it was answered. It is
 * bound to the one place through which writes leave, so that none can be forgotten.
 */
export class AuditLog {
  /** An entry is new, or has its outcome. */
  readonly grown = new Signal<[id: number]>()
  readonly #table: AuditTable
  readonly #clock: Pick<Clock, 'now'>
  readonly #logger: Logger
  readonly #closing: AbortSignal

  constructor(options: {
    table: AuditTable
    clock: Pick<Clock, 'now'>
    logger: Logger
    /** Syncdeck is ending. */
    closing: AbortSignal
  }) {
    this.#table = options.table
    this.#clock = options.clock
    this.#logger = options.logger
    this.#closing = options.closing
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
      })
      this.grown.emit(id)
      return (failure, hasLeft, answer) => {
        const outcome = outcomeOf(failure, hasLeft)
        // Nobody is there any more to be told: it stays open, and the next start tells of it.
        if (outcome === 'lost' && this.#closing.aborted) return
        try {
          this.#table.outcome(id, this.#clock.now(), outcome, detailsOf(call, failure, answer))
          this.grown.emit(id)
        } catch (fault) {
          // The write has been sent: whether it was told as done must not hang on this line. Its attempt stands, without an end.
          logFault(this.#logger, 'outcome not noted', fault)
        }
      }
    }
  }

  /** What cannot be noted is not sent. Throws `storage.failed`. */
  #attempt(entry: AuditAttempt): number {
    try {
      return this.#table.attempt(entry)
    } catch (fault) {
      logFault(this.#logger, 'attempt not noted', fault)
      throw notNoted(fault, message('errors.storage.audit'), (reason) =>
        message('errors.storage.auditBecause', { reason }),
      )
    }
  }
}

/** Why it failed; of a creation that was accepted, the key of what was made. */
function detailsOf({ action }: WriteCall, failure: unknown, answer: unknown): AuditDetails {
  if (failure instanceof AppError) return failure.data.message
  if (failure instanceof Error) return foreign(failure.message)
  const created = asText(asObject(answer)?.integrationKey).slice(0, MAX_KEY_LENGTH)
  return action === 'create' && created !== '' ? { created } : null
}

/** `null` for an answer that accepted the write. What has not left was not sent, whatever the reason: a closed gate, a limit of requests. */
function outcomeOf(failure: unknown, hasLeft: boolean): AuditOutcome {
  if (failure === null) return 'accepted'
  if (!hasLeft) return 'not-sent'
  if (!(failure instanceof AppError) || failure.isAnswerLost) return 'lost'
  return /^(net|tls)\.|^auth\.blocked$/.test(failure.code) ? 'not-sent' : 'refused'
}
