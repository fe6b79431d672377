import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { foreign, message } from '../../src-contract/messages/message.ts'
import { AuditTable } from '../../src-main/storage/audit-table.ts'
import { CacheDatabase } from '../../src-main/storage/cache-database.ts'
import { cacheMigrations } from '../../src-main/storage/cache-schema.ts'
import { applyMigrations, pendingMigrations, type Migration } from '../../src-main/storage/migrate.ts'
import { NotificationTable } from '../../src-main/storage/notification-table.ts'
import { openCacheDatabase, openStateDatabase } from '../../src-main/storage/open-database.ts'
import { stateMigrations } from '../../src-main/storage/state-schema.ts'
import { TaskTable } from '../../src-main/storage/task-table.ts'
import { TransitionTable } from '../../src-main/storage/transition-table.ts'
import { said, spoken } from '../support/said.ts'
import { scratchFolder } from '../support/scratch.ts'

/** A database as the version before schema step `number` left it, filled by `fill`; returns its path. */
function writtenBefore(
  number: number,
  migrations: readonly Migration[],
  fill: (database: DatabaseSync) => void,
): string {
  const path = join(scratchFolder(), 'earlier.db')
  const database = new DatabaseSync(path)
  const before = migrations.filter((migration) => migration.number < number)
  pendingMigrations(database, before)
  applyMigrations(database, before, 1)
  fill(database)
  database.close()
  return path
}

it('of tasks, an earlier version’s sentences are shown as they were', () => {
  const path = writtenBefore(7, stateMigrations, (database) => {
    const put = database.prepare(
      `INSERT INTO task (id, server_id, server_name, integration_key, summary, operation, step, state, outcome, message,
         failure, started_at) VALUES (?, 's1', 'Vienna', 'INT-2', 'A', 'stop', 'stop', 'ended', 'failed', ?, ?, 1)`,
    )
    put.run('a', '', 'The disk of "Vienna" is full {count}')
    put.run('b', '{"key":"app.name"}', '')
  })
  const tasks = new TaskTable(openStateDatabase(path, 2)).recent(10)
  expect(tasks.map(({ message: told, failure }) => [said(told), said(failure)])).toEqual([
    ['', 'The disk of "Vienna" is full {count}'],
    ['{"key":"app.name"}', ''],
  ])
  // What was begun then is its own batch.
  expect(tasks.map(({ batchId }) => batchId)).toEqual(['a', 'b'])
})

it('of states, an earlier version’s words are shown as this one has them, or else as they were', () => {
  /** What this version says otherwise. */
  const now = new Map([
    ['Not told', 'Not reported'],
    ['The server did not tell a state', 'The server reported no state'],
    ['The automatic reading was paused', 'Automatic reading was paused'],
  ])
  const states = [
    ['Answers', ''],
    ['Log-in method off', 'The password of "{user}" is not accepted.'],
    ['Paused', 'The automatic reading was paused'],
    ['Running', ''],
    ['Offline side', 'The second side is offline: No route'],
    ['SOMETHING NEW', ''],
    ['{"key":"app.name"}', '{"key":"app.name"}'],
    ['Not told', 'The server did not tell a state'],
    ['Deleted', 'It is no longer on the server'],
  ] as const
  const path = writtenBefore(4, cacheMigrations, (database) => {
    const put = database.prepare(
      "INSERT INTO transition (at, server_id, key, health, label, reason) VALUES (?, 's', '', 'unknown', ?, ?)",
    )
    for (const [index, [label, reason]] of states.entries()) put.run(index, label, reason)
  })
  const read = new TransitionTable(new CacheDatabase(openCacheDatabase(path, 2).database)).statesOf('s', '', 100)
  expect(read.map(({ state, reason }) => [said(state), said(reason)])).toEqual(
    states.map((words) => words.map((text) => now.get(text) ?? text)).reverse(),
  )
  expect(read.at(-1)?.state).toEqual(message('history.server.states.answers'))
  expect(read.find(({ at }) => at === 3)?.state).toEqual(message('synchronizations.states.running'))
})

it('of notifications, an earlier version’s sentences are shown as they were', () => {
  const items = [
    { serverId: 's', key: 'INT-2', text: 'INT-2 stopped – A "quoted" {name} – Vienna' },
    { serverId: 's', key: null, text: 'Vienna needs you – ' },
  ]
  const path = writtenBefore(8, stateMigrations, (database) => {
    const put = database.prepare(
      "INSERT INTO notification (at, kind, tone, title, text, items, is_read) VALUES (?, 'stopped', 'bad', ?, ?, ?, 1)",
    )
    put.run(2, '2 synchronizations stopped', '', JSON.stringify(items))
    put.run(1, 'What is read is not stored', 'In Syncdeck’s folder, the disk is full.', '[]')
  })
  const kept = { kind: 'stopped', tone: 'bad', jobId: null, isRead: true }
  const list = new NotificationTable(openStateDatabase(path, 2)).list(10)
  expect(list[0]?.items.map(({ text }) => text)).toEqual(items.map(({ text }) => foreign(text)))
  expect(spoken(list)).toEqual([
    { ...kept, id: 1, at: 2, title: '2 synchronizations stopped', text: null, items },
    {
      ...kept,
      id: 2,
      at: 1,
      title: 'What is read is not stored',
      text: 'In Syncdeck’s folder, the disk is full.',
      items: [],
    },
  ])
})

describe('of the audit trail, whose rows nobody can change,', () => {
  const opened = () => {
    const path = writtenBefore(8, stateMigrations, (database) => {
      const attempt = database.prepare(
        `INSERT INTO audit_attempt (id, at, server_id, server_name, user, method, address, object, action, body)
         VALUES (?, 1, 's', 'Vienna', 'admin', 'PUT', 'https://jira.example', ?, ?, '')`,
      )
      const outcome = database.prepare('INSERT INTO audit_outcome VALUES (?, 2, ?, ?)')
      attempt.run(1, '', 'Create a synchronization')
      outcome.run(1, 'accepted', '{"key":"app.name"}')
      attempt.run(2, 'INT-2', 'Update the connection')
      outcome.run(2, 'refused', 'Jira said "no" to {user}.')
      attempt.run(3, 'INT-2', 'Something of old')
    })
    return new AuditTable(openStateDatabase(path, 2))
  }

  it('an earlier version’s words are said as they are today, and unknown ones as they were', () => {
    expect(
      opened()
        .list({}, 10)
        .map(({ action, details }) => [said(action), said(details)]),
    ).toEqual([
      ['Something of old', ''],
      ['Change the connection', 'Jira said "no" to {user}.'],
      ['Create a synchronization', '{"key":"app.name"}'],
    ])
  })

  it('words find what was done, whichever version noted it, and codes do not', () => {
    const table = opened()
    const entry = {
      at: 3,
      serverId: 's',
      serverName: 'Vienna',
      user: 'admin',
      method: 'PUT',
      address: 'https://jira.example',
    }
    table.attempt({ ...entry, object: 'INT-3', action: 'update-connection', body: '', taskId: null })
    table.attempt({ ...entry, object: 'AP-1', action: 'import-links', body: '', taskId: null })
    const found = (text: string) =>
      table
        .list({ words: text.split(' ').map((value) => ({ value, isNegated: false })) }, 10)
        .map(({ object, action }) => [object, said(action)])
    expect(found('the CONNECTION')).toEqual([
      ['INT-3', 'Change the connection'],
      ['INT-2', 'Change the connection'],
    ])
    expect(found('change vienna int-3')).toEqual([['INT-3', 'Change the connection']])
    expect(found('import-links')).toEqual([])
    expect(found('100%')).toEqual([])
    expect(found('old')).toEqual([['INT-2', 'Something of old']])
  })
})

it('writes of an earlier version belong to the one task that can have sent them, and to none where that is not certain', () => {
  const path = writtenBefore(10, stateMigrations, (database) => {
    const task = database.prepare(
      `INSERT INTO task (id, batch_id, server_id, server_name, integration_key, summary, operation, step, state, outcome,
         message, failure, started_at, ended_at) VALUES (?, 'b', 's', 'Vienna', ?, '', ?, ?, ?, ?, '', '', ?, ?)`,
    )
    task.run('restart', 'INT-2', 'restart', 'start', 'ended', 'failed', 10, 20)
    task.run('open', 'INT-3', 'update', 'update', 'running', null, 10, null)
    task.run('twice-a', 'INT-4', 'start', 'start', 'ended', 'succeeded', 10, 20)
    task.run('twice-b', 'INT-4', 'start', 'start', 'ended', 'failed', 11, 20)
    const attempt = database.prepare(
      `INSERT INTO audit_attempt (at, server_id, server_name, user, method, address, object, action, body)
       VALUES (?, 's', 'Vienna', 'admin', 'PUT', 'https://jira.example', ?, ?, '')`,
    )
    attempt.run(11, 'INT-2', 'Stop')
    attempt.run(15, 'INT-2', 'start')
    attempt.run(15, 'INT-2', 'update')
    attempt.run(21, 'INT-2', 'start')
    attempt.run(99, 'INT-3', 'Update')
    attempt.run(15, 'INT-4', 'start')
  })
  const database = openStateDatabase(path, 2)
  expect(new AuditTable(database).unended()).toEqual([
    { id: 1, action: 'stop', taskId: 'restart' },
    { id: 2, action: 'start', taskId: 'restart' },
    { id: 5, action: 'update', taskId: 'open' },
  ])
  expect(() => database.exec("UPDATE audit_attempt SET user = 'x'")).toThrow('append-only')
})
