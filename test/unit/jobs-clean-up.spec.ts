import { describe, expect, it } from 'vitest'
import type { WholeJob } from '../../src-contract/jobs.ts'
import type { FaultKind } from '../../src-simulator/index.ts'
import { until } from '../../tools/until.ts'
import { jiraAnswer } from '../support/jira-answer.ts'
import { jobStage, listedBy, restart, whenJobIs, writesOf, type JobStage } from '../support/jobs.ts'
import { said } from '../support/said.ts'

/** What something in front of Jira says. */
const PAGE = '<h1>Blocked by the web application firewall</h1>'

const plan = ({ main, refs }: JobStage): Promise<WholeJob> => main.ask('jobs:plan-clean-up', { targets: [...refs] })

const deletions = (stage: JobStage): string[] =>
  writesOf(stage)
    .flat()
    .filter((write) => write.startsWith('DELETE'))

const keysOf = ({ jiras }: JobStage): string[][] => jiras.map((jira) => [...jira.api.entries.keys()])

describe('a clean-up', () => {
  it('stops what runs and deletes what is listed and nothing else, after a copy of each', async () => {
    const stage = await jobStage({ servers: 2, each: 3 })
    const job = await plan(stage)
    await expect(stage.main.ask('jobs:begin', { id: job.id })).rejects.toThrow('Type 6')
    await expect(stage.main.ask('jobs:begin', { id: job.id, typed: '3' })).rejects.toThrow('Type 6')
    expect(writesOf(stage).flat()).toEqual([])
    await stage.main.ask('jobs:begin', { id: job.id, typed: '6' })
    const done = await whenJobIs(stage.main, job.id, 'ended')
    expect(done.counts).toMatchObject({ done: 6, failed: 0, unknown: 0 })
    expect(writesOf(stage).map((writes) => writes.toSorted())).toEqual(
      listedBy(job, stage.serverIds).map((writes) => writes.toSorted()),
    )
    expect(keysOf(stage)).toEqual([[], []])
    expect(await stage.main.rows()).toEqual([])
    const copies = await stage.main.ask('snapshots:list', {})
    expect(copies.map(({ key }) => key).toSorted()).toEqual(stage.refs.map(({ key }) => key).toSorted())
    await expect(stage.main.ask('jobs:plan-back', { id: job.id, targets: null })).rejects.toThrow('cannot be undone')
  })

  it('deletes nothing that runs again, was changed since, or has gone, and says which', async () => {
    const stage = await jobStage({ servers: 1, each: 5 })
    const [jira] = stage.jiras
    const job = await plan(stage)
    const renamed = jira?.entry('INT-3')
    if (renamed !== undefined) renamed.integration.summary = 'Somebody else’s now'
    const moved = jira?.entry('INT-4')
    if (moved !== undefined) moved.integration.firstConnector.connection.application.user = 'other'
    jira?.api.entries.delete('INT-5')
    // The last one was stopped when the job was planned.
    const running = jira?.entry('INT-6')
    if (running !== undefined) running.status.status = 'RUNNING'
    await stage.main.ask('jobs:begin', { id: job.id, typed: '5' })
    const done = await whenJobIs(stage.main, job.id, 'ended')
    expect(
      Object.fromEntries(
        done.targets.map(({ key, leftOut, steps }) => [key, said(leftOut) || said(steps.at(-1)?.result) || 'deleted']),
      ),
    ).toEqual({
      'INT-2': 'deleted',
      'INT-3': 'It has changed since the job was planned.',
      'INT-4': 'It has changed since the job was planned.',
      'INT-5': 'It was already gone; nothing was sent.',
      'INT-6': 'It is not stopped, and was not deleted.',
    })
    expect(deletions(stage)).toEqual(['DELETE /integrations/INT-2'])
  })

  it.each<{ fault: FaultKind; outcome: string; isThere: boolean }>([
    { fault: { kind: 'reset-after' }, outcome: 'done', isThere: false },
    { fault: { kind: 'reset-before' }, outcome: 'unknown', isThere: true },
    { fault: { kind: 'answer-after', status: 504, body: '' }, outcome: 'done', isThere: false },
    { fault: jiraAnswer('{}', 403), outcome: 'failed', isThere: true },
    { fault: { kind: 'answer-after', status: 403, body: PAGE }, outcome: 'done', isThere: false },
    { fault: { kind: 'answer', status: 403, body: PAGE }, outcome: 'unknown', isThere: true },
  ])(
    'whose answer is lost or a refusal ($fault.kind) is sent once and told as what it is',
    async ({ fault, outcome, isThere }) => {
      const stage = await jobStage({ servers: 1, each: 1 })
      stage.jiras[0]?.faults.add({ path: '/integrations/INT-2', method: 'DELETE', times: 1, fault })
      const job = await plan(stage)
      await stage.main.ask('jobs:begin', { id: job.id, typed: '1' })
      const over = await whenJobIs(stage.main, job.id, 'ended')
      expect(over.targets[0]?.steps.at(-1)?.outcome).toBe(outcome)
      expect([deletions(stage).length, keysOf(stage)[0]?.includes('INT-2')]).toEqual([1, isThere])
    },
  )

  it('that was cut off by the end of Syncdeck is settled by reading, and not sent again', async () => {
    const stage = await jobStage({ servers: 1, each: 2 })
    stage.jiras[0]?.faults.add({
      path: '/integrations/INT-2',
      method: 'DELETE',
      times: 1,
      fault: { kind: 'hang-after' },
    })
    const job = await plan(stage)
    await stage.main.ask('settings:set', { requestsPerServer: 1 })
    await stage.main.ask('jobs:begin', { id: job.id, typed: '2' })
    await until('it is sent', () => deletions(stage).length === 1)
    await restart(stage)
    await until('it is settled', async () => (await stage.main.ask('jobs:get', { id: job.id })).counts.underWay === 0)
    const found = await stage.main.ask('jobs:get', { id: job.id })
    expect([found.state, found.targets[0]?.steps.at(-1)?.outcome]).toEqual(['interrupted', 'done'])
    await stage.main.ask('jobs:go-on', { id: job.id })
    await whenJobIs(stage.main, job.id, 'ended')
    expect(deletions(stage)).toEqual(['DELETE /integrations/INT-2', 'DELETE /integrations/INT-3'])
  })
})
