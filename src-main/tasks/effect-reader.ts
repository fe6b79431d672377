import { message } from '#contract/messages/message.ts'
import type { Operation, RunOperation } from '#contract/tasks.ts'
import { wait, type Clock } from '../clock.ts'
import { toErrorData } from '../errors/app-error.ts'
import type { Logger } from '../logging/logger.ts'
import type { Place } from '../servers/place.ts'
import type { StoredTask } from '../storage/task-table.ts'
import type { SynchronizationReader } from '../synchronizations/synchronization-reader.ts'
import type { SynchronizationRecord } from '../synchronizations/synchronization-record.ts'
import { effectOfChange, effectOnState, readIntent, type Effect } from './intent.ts'

/** A write requested by the user waits no longer than this for the state before it to be read. */
const MAX_STATE_WAIT_MS = 5_000

/** What was read after a task; null if it could not be read, or was not requested. */
export interface Readings {
  readonly item: SynchronizationRecord | null
  readonly status: SynchronizationRecord | null
}

/** Reads from the server what a task has done, with requests that are sent only then. */
export class EffectReader {
  readonly #reader: Pick<SynchronizationReader, 'refreshStatus' | 'refreshItem'>
  readonly #logger: Logger
  readonly #clock: Clock

  constructor(reader: Pick<SynchronizationReader, 'refreshStatus' | 'refreshItem'>, logger: Logger, clock: Clock) {
    this.#reader = reader
    this.#logger = logger
    this.#clock = clock
  }

  /** What the server shows about the task's write. Rejects if the server cannot be asked. */
  async effectOf(task: StoredTask): Promise<Effect> {
    const intent = readIntent(task)
    try {
      if (task.step === 'start' || task.step === 'stop') {
        const { status } = await this.#reader.refreshStatus(task, now(task))
        return effectOnState(task.step, intent, status?.word ?? '')
      }
      return effectOfChange(intent, (await this.#reader.refreshItem(task, now(task))).integration)
    } catch (thrown) {
      // It was deleted in the meantime, or the app is just starting there: the next check may find it.
      if (!['synchronization.unknown', 'api.not-found'].includes(toErrorData(thrown).code)) throw thrown
      return { kind: 'not-shown', shows: message('tasks.shows.notFound') }
    }
  }

  /**
   * The current state word, which later shows whether a write changed it; empty if it cannot be read in time. Others
   * may have changed it since the last round. Never rejects.
   */
  async stateNow(task: StoredTask): Promise<string> {
    const isRead = new AbortController()
    const isLate = wait(this.#clock, MAX_STATE_WAIT_MS, isRead.signal).then(() => null)
    const reading = this.#attempt(task, this.#reader.refreshStatus(task, now(task)))
    const record = await Promise.race([reading, isLate]).finally(() => isRead.abort())
    return record?.status?.word ?? ''
  }

  /** Reads the synchronization again, so that the table shows what is there, not what was requested. Never rejects. */
  async readAgain(task: StoredTask): Promise<Readings> {
    return {
      item: isRun(task.operation) ? null : await this.#attempt(task, this.#reader.refreshItem(task, now(task))),
      status: await this.#attempt(task, this.#reader.refreshStatus(task, now(task))),
    }
  }

  async #attempt(task: StoredTask, reading: Promise<SynchronizationRecord>): Promise<SynchronizationRecord | null> {
    try {
      return await reading
    } catch (thrown) {
      this.#logger.write('info', 'state of a task not read', { task: task.id, code: toErrorData(thrown).code })
      return null
    }
  }
}

/** By a request that is sent now, to where the task's own went. */
function now(task: StoredTask): { readonly isFresh: true; readonly place: Place | null } {
  return { isFresh: true, place: readIntent(task).place }
}

/** Whether it changes what is running, and no field. */
export function isRun(operation: Operation): operation is RunOperation {
  return operation === 'start' || operation === 'stop' || operation === 'restart'
}
