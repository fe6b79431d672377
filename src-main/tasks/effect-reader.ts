import { message } from '#contract/messages/message.ts'
import type { Operation, RunOperation } from '#contract/tasks.ts'
import { toErrorData } from '../errors/app-error.ts'
import type { Logger } from '../logging/logger.ts'
import type { StoredTask } from '../storage/task-table.ts'
import type { SynchronizationReader } from '../synchronizations/synchronization-reader.ts'
import type { SynchronizationRecord } from '../synchronizations/synchronization-record.ts'
import { effectOfChange, effectOnState, readIntent, type Effect } from './intent.ts'

/** What was read after a task; null where it could not be, or was not asked for. */
export interface Readings {
  readonly item: SynchronizationRecord | null
  readonly status: SynchronizationRecord | null
}

/** Reads from the server what a task has done, by requests that leave then. */
export class EffectReader {
  readonly #reader: Pick<SynchronizationReader, 'refreshStatus' | 'refreshItem'>
  readonly #logger: Logger

  constructor(reader: Pick<SynchronizationReader, 'refreshStatus' | 'refreshItem'>, logger: Logger) {
    this.#reader = reader
    this.#logger = logger
  }

  /** What the server shows of the task's write. Rejects where it cannot be asked. */
  async effectOf(task: StoredTask): Promise<Effect> {
    const intent = readIntent(task)
    try {
      if (task.step === 'start' || task.step === 'stop') {
        const { status } = await this.#reader.refreshStatus(task, { isFresh: true })
        return effectOnState(task.step, intent, status?.word ?? '')
      }
      return effectOfChange(intent, (await this.#reader.refreshItem(task, { isFresh: true })).integration)
    } catch (thrown) {
      // Deleted meanwhile, or the app is just being started there: the next look may find it.
      if (!['synchronization.unknown', 'api.not-found'].includes(toErrorData(thrown).code)) throw thrown
      return { kind: 'not-shown', shows: message('tasks.shows.notFound') }
    }
  }

  /** Reads the synchronization again, so that the table shows what is and not what was asked for. Never rejects. */
  async readAgain(task: StoredTask): Promise<Readings> {
    const read = async (reading: Promise<SynchronizationRecord>): Promise<SynchronizationRecord | null> => {
      try {
        return await reading
      } catch (thrown) {
        this.#logger.write('info', 'state after task not read', { task: task.id, code: toErrorData(thrown).code })
        return null
      }
    }
    return {
      item: isRun(task.operation) ? null : await read(this.#reader.refreshItem(task, { isFresh: true })),
      status: await read(this.#reader.refreshStatus(task, { isFresh: true })),
    }
  }
}

/** Whether it changes what runs, and no field. */
export function isRun(operation: Operation): operation is RunOperation {
  return operation === 'start' || operation === 'stop' || operation === 'restart'
}
