import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, it } from 'vitest'
import { JobTable } from '../../src-main/storage/job-table.ts'
import { applyMigrations, pendingMigrations } from '../../src-main/storage/migrate.ts'
import { openStateDatabase } from '../../src-main/storage/open-database.ts'
import { stateMigrations } from '../../src-main/storage/state-schema.ts'
import { target, wholeJob } from '../support/job-views.ts'
import { scratchFolder } from '../support/scratch.ts'

it('an earlier version’s maintenance has no note, and nothing of it was seen to run again', () => {
  const path = join(scratchFolder(), 'state.db')
  const database = new DatabaseSync(path)
  const before = stateMigrations.filter(({ number }) => number < 18)
  pendingMigrations(database, before)
  applyMigrations(database, before, 1)
  database.exec(`
    INSERT INTO job (id, kind, state, halt, planned_at) VALUES ('j1', 'maintenance', 'ended', '', 1);
    INSERT INTO job_target (job_id, place, server_id, server_name, integration_key, summary, before, left_out)
      VALUES ('j1', 0, 's1', 'Vienna', 'INT-2', 'A', '{}', '');
  `)
  database.close()
  const [job] = new JobTable(openStateDatabase(path, 2)).all()
  expect([job?.maintenance, job?.targets[0]?.backAt]).toEqual([null, null])
})

it('a note, and when one was seen to run again, are as they were after a restart', () => {
  const path = join(scratchFolder(), 'state.db')
  const { asks: _asks, counts: _counts, copyTo: _copyTo, ...job } = wholeJob()
  const maintenance = {
    why: 'new hardware',
    until: 3,
    users: ['admin'],
    remindedAt: null,
    startsAtEnd: false,
    onlyAsks: null,
  }
  const database = openStateDatabase(path, 1)
  const table = new JobTable(database)
  table.add(job)
  const changed = {
    ...job,
    maintenance: { ...maintenance, remindedAt: 4 },
    targets: [target({ backAt: 5 })],
  }
  table.change(changed, [0])
  database.close()
  expect(new JobTable(openStateDatabase(path, 2)).all()).toEqual([changed])
})
