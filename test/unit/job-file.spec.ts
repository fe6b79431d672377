import { expect, it } from 'vitest'
import { jobCsv, jobJson } from '../../src-main/export/job-file.ts'
import { originals, copyStage, passwords, planCopy } from '../support/copies.ts'
import { copyJob } from '../support/job-views.ts'
import { whenJobIs } from '../support/jobs.ts'

const job = copyJob({ summary: '+1 "quoted"' })

it('a table has a row for each synchronization, also for what was left out, and no formula', async () => {
  const [head, first, second] = (await jobCsv(job)).split('\r\n')
  expect(head).toBe(
    'Server,Key,Name,State before,Outcome,What the server said,Requests,Changes,Server of the copy,Key of the copy,To be done by hand,Started,Ended',
  )
  expect(first).toBe(
    `Vienna,INT-2,"'+1 ""quoted""",RUNNING,Done,'=cmd|calc,/integrations: done,firstConnector.projectKey: AP → XP,Graz,INT-9,first fieldMappings: [1],1970-01-01T00:00:00.000Z,1970-01-01T00:00:01.000Z`,
  )
  expect(second).toBe('Vienna,INT-3,Agile Project <> Project B,RUNNING,Left out,It is already on this server.,,,,,,,')
})

it('JSON has the job in front, and everything of each synchronization', async () => {
  const { job: head, synchronizations } = JSON.parse(await jobJson(job)) as {
    job: Record<string, unknown>
    synchronizations: Record<string, unknown>[]
  }
  expect(head).toMatchObject({ title: 'Copy to Graz', kind: 'copy', state: 'ended', ended: '1970-01-01T00:00:01.000Z' })
  expect(synchronizations).toMatchObject([
    {
      key: 'INT-2',
      outcome: 'Done',
      requests: [{ name: 'create', path: '/integrations', outcome: 'done', result: '=cmd|calc' }],
      copy: { server: 'Graz', key: 'INT-9', byHand: [{ side: 'first', part: 'fieldMappings', was: '[1]' }] },
    },
    { key: 'INT-3', outcome: 'Left out', result: 'It is already on this server.', requests: [] },
  ])
})

it('a result is saved under the job’s title, and holds no password', async () => {
  const stage = await copyStage({ isKnown: false })
  const { id } = await planCopy(stage, undefined, originals(stage).slice(0, 1))
  await stage.main.ask('jobs:begin', { id })
  await whenJobIs(stage.main, id, 'paused')
  const given = passwords(stage).map((one) => ({ ...one, password: 'In no file' }))
  await stage.main.ask('jobs:go-on', { id, passwords: given })
  await whenJobIs(stage.main, id, 'ended')
  expect(await stage.main.ask('jobs:export', { id, format: 'csv' })).toEqual({ path: '/saved/Copy to Server 1.csv' })
  await stage.main.ask('jobs:export', { id, format: 'json' })
  await stage.main.ask('jobs:export', { id, format: 'html' })
  expect([...stage.main.saved.keys()]).toEqual(['csv', 'json', 'html'].map((end) => `Copy to Server 1.${end}`))
  for (const text of stage.main.saved.values()) expect(text).not.toContain('In no file')
})
