import type { DatabaseSync } from 'node:sqlite'
import { foreign, foreignOrNone, message, type Message } from '#contract/messages/message.ts'
import {
  writeActions,
  type AuditEntry,
  type AuditField,
  type AuditGroup,
  type AuditQuery,
  type AuditSummary,
  type WriteAction,
  type WriteOutcome,
} from '#contract/audit.ts'
import type { ServerId, TaskId } from '#contract/ids.ts'
import { say } from '../text/say.ts'
import { inTransaction } from './migrate.ts'
import { withoutSync } from './state-disk.ts'
import { readMessage, storedMessage } from './stored-message.ts'

export type AuditAttempt = Omit<AuditEntry, 'id' | 'outcome' | 'details' | 'action'> & {
  readonly action: WriteAction
  /** The task of which it is a step; null for a write that ends with its answer. */
  readonly taskId: TaskId | null
}
/** How the request of a write ended. */
export type AuditOutcome = Extract<WriteOutcome, 'accepted' | 'refused' | 'lost' | 'not-sent'>
/** How the task of a write ended. */
export interface AuditEnd {
  readonly attemptId: number
  readonly outcome: Exclude<WriteOutcome, AuditOutcome | 'pending'>
  readonly details: Message | null
}
/** A write whose task has not ended, as far as the trail knows. `action` as it is stored. */
export interface UnendedAttempt {
  readonly id: number
  readonly action: WriteAction
  readonly taskId: TaskId
}
/** Why it failed, or the key of what was created. */
export type AuditDetails = Message | { readonly created: string } | null

type AuditRow = Omit<AuditEntry, 'action' | 'details'> & { action: string; details: string }

/** What earlier versions stored in place of codes. Rows cannot be changed, so these are translated when read. */
const EARLIER_ACTIONS: Readonly<Record<string, WriteAction>> = {
  'Create a synchronization': 'create',
  Update: 'update',
  'Update the connection': 'update-connection',
  Delete: 'delete',
  Start: 'start',
  Stop: 'stop',
  Resync: 'resync',
  'Import links': 'import-links',
  'Delete a link': 'delete-link',
}

/** Everything that the column may contain, with its message. */
const ACTIONS: ReadonlyMap<string, Message> = new Map(
  [...writeActions.map((action) => [action, action] as const), ...Object.entries(EARLIER_ACTIONS)].map(
    ([stored, action]) => [stored, message(`activity.actions.${action}`)],
  ),
)

/** The audit trail in `state.db`. The schema refuses to change or delete a row. */
export class AuditTable {
  readonly #database: DatabaseSync
  /**
   * The names in the trail; null once the trail has grown. They are needed for every word that somebody searches for.
   */
  #names: Omit<AuditSummary, 'groups'> | null = null

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  /** Records a write before it is sent; returns the entry's id. It is on the disk when `StateDisk.reached` says so. */
  attempt(entry: AuditAttempt): number {
    this.#names = null
    const insert = this.#database.prepare(
      `INSERT INTO audit_attempt (at, server_id, server_name, user, method, address, object, action, body, task_id)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    const { lastInsertRowid } = withoutSync(this.#database, () =>
      insert.run(
        entry.at,
        entry.serverId,
        entry.serverName,
        entry.user,
        entry.method,
        entry.address,
        entry.object,
        entry.action,
        entry.body,
        entry.taskId,
      ),
    )
    return Number(lastInsertRowid)
  }

  /** Records its outcome. */
  outcome(attemptId: number, at: number, outcome: AuditOutcome, details: AuditDetails): void {
    const insert = this.#database.prepare(
      'INSERT INTO audit_outcome (attempt_id, at, outcome, details) VALUES (?, ?, ?, ?)',
    )
    withoutSync(this.#database, () => insert.run(attemptId, at, outcome, storedDetails(details)))
  }

  /** Records how the tasks of writes ended, in one transaction. */
  end(ends: readonly AuditEnd[], at: number): void {
    const insert = this.#database.prepare(
      'INSERT INTO audit_end (attempt_id, at, outcome, details) VALUES (?, ?, ?, ?)',
    )
    withoutSync(this.#database, () =>
      inTransaction(this.#database, () => {
        for (const { attemptId, outcome, details } of ends) insert.run(attemptId, at, outcome, storedMessage(details))
      }),
    )
  }

  /** The writes of tasks whose end is not recorded, oldest first. Those that were refused or not sent have none. */
  unended(): UnendedAttempt[] {
    return this.#database
      .prepare(
        `SELECT a.id, a.action, a.task_id AS taskId FROM audit_attempt a LEFT JOIN audit_outcome o ON o.attempt_id = a.id
         WHERE a.task_id IS NOT NULL AND coalesce(o.outcome, 'lost') IN ('accepted', 'lost')
           AND NOT EXISTS (SELECT 1 FROM audit_end e WHERE e.attempt_id = a.id) ORDER BY a.id`,
      )
      .all()
      .map((row) => {
        const { id, action, taskId } = row as { id: number; action: string; taskId: TaskId }
        return { id, action: EARLIER_ACTIONS[action] ?? (action as WriteAction), taskId }
      })
  }

  /** Writes whose outcome is not recorded, oldest first: under way, or cut off by the end of an earlier session. */
  pending(): AuditEntry[] {
    return this.#database
      .prepare(
        `SELECT id, at, server_id AS serverId, server_name AS serverName, user, method, address, object, action, body,
           'pending' AS outcome, '' AS details
         FROM audit_attempt a WHERE NOT EXISTS (SELECT 1 FROM audit_outcome o WHERE o.attempt_id = a.id) ORDER BY id`,
      )
      .all()
      .map((row) => entryOf(row as unknown as AuditRow))
  }

  /** The keys that the server has confirmed as created. Earlier versions recorded none. */
  createdKeys(serverId: ServerId): string[] {
    return this.#database
      .prepare(
        `SELECT details FROM audit_attempt a JOIN audit_outcome o ON o.attempt_id = a.id
         WHERE server_id = ? AND method = 'POST' AND object = '' AND outcome = 'accepted' AND details <> ''`,
      )
      .all(serverId)
      .map(({ details }) => String(details))
  }

  /** The newest entries first, at most `limit`. */
  list(query: AuditQuery, limit: number): AuditEntry[] {
    const { where, values } = filterOf(query)
    return this.#database
      .prepare(
        `SELECT a.id, a.at, server_id AS serverId, server_name AS serverName, user, method, address, object, action, body,
           ${OUTCOME} AS outcome, coalesce(e.details, o.details, '') AS details
         FROM ${WITH_OUTCOMES} ${where} ORDER BY a.id DESC LIMIT ?`,
      )
      .all(...values, limit)
      .map((row) => entryOf(row as unknown as AuditRow))
  }

  /** The number of all matches, and what is named anywhere in the trail. */
  summary(query: Pick<AuditQuery, 'words' | 'object'>): AuditSummary {
    const { where, values } = filterOf(query)
    const groups = new Map<string, AuditGroup>()
    const rows = this.#database
      .prepare(
        `SELECT server_id AS serverId, action, ${OUTCOME} AS outcome, user AS account, count(*) AS count
         FROM ${WITH_OUTCOMES} ${where} GROUP BY 1, 2, 3, 4`,
      )
      .all(...values) as unknown as AuditGroup[]
    for (const row of rows) {
      // What earlier versions wrote means the same action.
      const group = { ...row, action: EARLIER_ACTIONS[row.action] ?? row.action }
      const id = JSON.stringify([group.serverId, group.action, group.outcome, group.account])
      groups.set(id, { ...group, count: group.count + (groups.get(id)?.count ?? 0) })
    }
    return { ...this.#inNames(), groups: [...groups.values()] }
  }

  #inNames(): Omit<AuditSummary, 'groups'> {
    const all = (sql: string): string[] =>
      this.#database
        .prepare(sql)
        .all()
        .map(({ value }) => String(value))
    return (this.#names ??= {
      total: Number(this.#database.prepare('SELECT count(*) AS count FROM audit_attempt').get()?.['count']),
      // With `max`, SQLite takes the other columns from the row that has the maximum.
      servers: this.#database
        .prepare('SELECT server_id AS id, server_name AS name, max(id) FROM audit_attempt GROUP BY server_id')
        .all()
        .map(({ id, name }) => ({ id: String(id), name: String(name) })),
      accounts: all("SELECT DISTINCT user AS value FROM audit_attempt WHERE user <> ''"),
      objects: all("SELECT DISTINCT object AS value FROM audit_attempt WHERE object <> ''"),
    })
  }
}

const OUTCOME = "coalesce(e.outcome, o.outcome, 'pending')"
const WITH_OUTCOMES =
  'audit_attempt a LEFT JOIN audit_outcome o ON o.attempt_id = a.id LEFT JOIN audit_end e ON e.attempt_id = a.id'

/** The column that is compared for each field; keys are found in any case. */
const COLUMNS: Readonly<Record<AuditField, string>> = {
  server: 'server_id',
  action: 'action',
  outcome: OUTCOME,
  account: 'user',
  object: 'object COLLATE NOCASE',
}
const FIELDS = Object.keys(COLUMNS) as AuditField[]

/** A query as SQL, with its values. */
function filterOf(query: AuditQuery): { readonly where: string; readonly values: readonly string[] } {
  const parts = [
    ...(query.words ?? []).map(({ value, isNegated }) => ({
      sql: `${isNegated ? 'NOT ' : ''}((server_name || ' ' || user || ' ' || object || ' ' || address || ' ' || body
          || iif(action IN (SELECT value FROM json_each(?)), '', ' ' || action)) LIKE ? ESCAPE '\\'
        OR action IN (SELECT value FROM json_each(?)))`,
      values: [
        JSON.stringify([...ACTIONS.keys()]),
        `%${value.replace(/[\\%_]/g, '\\$&')}%`,
        JSON.stringify(actionsWith(value)),
      ],
    })),
    ...FIELDS.flatMap((field) =>
      (['wanted', 'excluded'] as const).flatMap((kind) => {
        const values = query[field]?.[kind]
        if (values === undefined) return []
        const stored = field === 'action' ? values.flatMap(storedActions) : values
        const sql = `${COLUMNS[field]} ${kind === 'wanted' ? 'IN' : 'NOT IN'} (SELECT value FROM json_each(?))`
        return [{ sql, values: [JSON.stringify(stored)] }]
      }),
    ),
  ]
  return {
    where: parts.length === 0 ? '' : `WHERE ${parts.map(({ sql }) => sql).join(' AND ')}`,
    values: parts.flatMap((part) => part.values),
  }
}

/** The stored values for an action. */
function storedActions(action: string): string[] {
  return [action, ...Object.keys(EARLIER_ACTIONS).filter((stored) => EARLIER_ACTIONS[stored] === action)]
}

/** The stored values for the actions whose wording contains this word. */
function actionsWith(word: string): string[] {
  const wanted = word.toLowerCase()
  return [...ACTIONS].filter(([, action]) => say(action).toLowerCase().includes(wanted)).map(([stored]) => stored)
}

/** A key is stored as it is, so that `createdKeys` finds it. */
function storedDetails(details: AuditDetails): string {
  return details !== null && 'created' in details ? details.created : storedMessage(details)
}

function entryOf({ action, details, ...row }: AuditRow): AuditEntry {
  return {
    ...row,
    action: ACTIONS.get(action) ?? foreign(action),
    details: row.outcome === 'accepted' ? foreignOrNone(details) : readMessage(details),
  }
}
