import type { DatabaseSync } from 'node:sqlite'
import type { TaskId } from '#contract/ids.ts'
import type { Operation, Outcome, Task } from '#contract/tasks.ts'
import { withoutSync } from './state-disk.ts'
import { readMessage, storedMessage } from './stored-message.ts'

/** A task as stored: what the user sees, and what is needed to continue watching after a restart. */
export interface StoredTask extends Omit<Task, 'waiting'> {
  /** The server's id of the asynchronous task; null until its answer came. */
  readonly remoteId: string | null
  /** What the write was meant to change, as JSON without secrets; null if the operation alone says it. */
  readonly intent: string | null
  /** For project administrators: the project to name when the task is read. */
  readonly projectKey: string | null
}

interface TaskRow {
  id: TaskId
  batch_id: string
  server_id: string
  server_name: string
  integration_key: string
  summary: string
  project_key: string | null
  operation: Operation
  step: Task['step']
  state: Task['state']
  outcome: Outcome | null
  remote_id: string | null
  intent: string | null
  progress: number | null
  message: string
  failure: string
  server_text: string
  started_at: number
  ended_at: number | null
}

/** Tasks in `state.db`. They stay when their server is removed. */
export class TaskTable {
  readonly #database: DatabaseSync

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  /** The newest `limit` tasks and all that have not ended, oldest first. */
  recent(limit: number): StoredTask[] {
    const rows = this.#database
      .prepare(
        `SELECT * FROM task WHERE state <> 'ended'
           OR id IN (SELECT id FROM task ORDER BY started_at DESC LIMIT ?) ORDER BY started_at, id`,
      )
      .all(limit) as unknown as TaskRow[]
    return rows.map(fromRow)
  }

  find(id: TaskId): StoredTask | null {
    const row = this.#database.prepare('SELECT * FROM task WHERE id = ?').get(id) as unknown as TaskRow | undefined
    return row === undefined ? null : fromRow(row)
  }

  put(task: StoredTask): void {
    const put = this.#database.prepare(
      `INSERT OR REPLACE INTO task (id, batch_id, server_id, server_name, integration_key, summary, project_key, operation, step,
         state, outcome, remote_id, intent, progress, message, failure, server_text, started_at, ended_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    withoutSync(this.#database, () =>
      put.run(
        task.id,
        task.batchId,
        task.serverId,
        task.serverName,
        task.key,
        task.summary,
        task.projectKey,
        task.operation,
        task.step,
        task.state,
        task.outcome,
        task.remoteId,
        task.intent,
        task.progress,
        storedMessage(task.message),
        storedMessage(task.failure),
        task.serverText,
        task.startedAt,
        task.endedAt,
      ),
    )
  }

  /** Removes every task that has ended; returns their ids. */
  removeEnded(): string[] {
    const rows = this.#database.prepare("DELETE FROM task WHERE state = 'ended' RETURNING id").all() as { id: TaskId }[]
    return rows.map(({ id }) => id)
  }
}

function fromRow(row: TaskRow): StoredTask {
  return {
    id: row.id,
    batchId: row.batch_id,
    serverId: row.server_id,
    serverName: row.server_name,
    key: row.integration_key,
    summary: row.summary,
    projectKey: row.project_key,
    operation: row.operation,
    step: row.step,
    state: row.state,
    outcome: row.outcome,
    remoteId: row.remote_id,
    intent: row.intent,
    progress: row.progress,
    message: readMessage(row.message),
    failure: readMessage(row.failure),
    serverText: row.server_text,
    startedAt: row.started_at,
    endedAt: row.ended_at,
  }
}
