import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { WholeJob } from '../../src-contract/jobs.ts'
import { JiraNetwork, type Entry } from '../../src-simulator/index.ts'
import { until } from '../../tools/until.ts'
import { jiraAnswer } from '../support/jira-answer.ts'
import { account } from '../support/jira-by-hand.ts'
import {
  forgetWrites,
  jobStage,
  listedBy,
  restart,
  whenJobIs,
  wordsOf,
  writesOf,
  type JobStage,
} from '../support/jobs.ts'
import { said } from '../support/said.ts'
import { startJira } from '../support/services.ts'

const plan = ({ main, refs }: JobStage, targets = refs): Promise<WholeJob> =>
  main.ask('jobs:plan-maintenance', { targets: [...targets] })

/** Plans a maintenance, begins it, and waits for its end. */
async function maintained(stage: JobStage, targets = stage.refs): Promise<WholeJob> {
  const { id } = await plan(stage, targets)
  await stage.main.ask('jobs:begin', { id })
  return whenJobIs(stage.main, id, 'ended')
}

const outcomes = ({ targets }: WholeJob): (string | undefined)[] => targets.map(({ steps: [step] }) => step?.outcome)

describe('a maintenance', () => {
  it('is planned with each request that it will send, and why others are left out; nothing is sent', async () => {
    const stage = await jobStage()
    const job = await plan(stage, [...stage.refs, { serverId: stage.serverIds[0] ?? '', key: 'INT-99' }])
    expect(listedBy(job, stage.serverIds)).toEqual([
      ['PUT /integrations/INT-2/stop', 'PUT /integrations/INT-3/stop', 'PUT /integrations/INT-4/stop'],
      ['PUT /integrations/INT-2/stop', 'PUT /integrations/INT-3/stop', 'PUT /integrations/INT-4/stop'],
    ])
    expect(job.targets.flatMap(({ key, leftOut }) => (leftOut === null ? [] : [`${key}: ${said(leftOut)}`]))).toEqual([
      'INT-5: It is already stopped.',
      'INT-99: It is no longer in the list.',
      'INT-5: It is already stopped.',
    ])
    expect([job.state, job.counts.waiting, job.counts.leftOut]).toEqual(['planned', 6, 3])
    expect(writesOf(stage)).toEqual([[], []])
  })

  it('is in the order of servers and keys, whatever the order of the selection', async () => {
    const stage = await jobStage({ servers: 2, each: 10 })
    const job = await plan(stage, stage.refs.toReversed())
    const ofEach = Array.from({ length: 10 }, (_, at) => `INT-${at + 2}`)
    expect(job.targets.map(({ key }) => key)).toEqual([...ofEach, ...ofEach])
    expect([...new Set(job.targets.map(({ serverId }) => serverId))]).toEqual(stage.serverIds)
  })

  it('sends what it has listed and nothing else, each as a task of one batch', async () => {
    const stage = await jobStage()
    const job = await maintained(stage)
    expect(writesOf(stage).map((writes) => writes.toSorted())).toEqual(listedBy(job, stage.serverIds))
    expect(wordsOf(stage).flat()).toEqual(Array(8).fill('STOPPED'))
    expect(job.counts).toMatchObject({ done: 6, leftOut: 2, failed: 0, waiting: 0 })
    const tasks = await stage.main.ask('tasks:list', {})
    expect(new Set(tasks.map(({ batchId }) => batchId))).toEqual(new Set([job.id]))
    expect(new Set(tasks.map(({ id }) => id))).toEqual(
      new Set(job.targets.flatMap(({ steps }) => steps.flatMap(({ taskId }) => taskId ?? []))),
    )
  })

  it.each([false, true])(
    'taken back starts exactly what it has stopped itself (after a restart: %s)',
    async (again) => {
      const stage = await jobStage()
      const planned = await plan(stage)
      // Somebody else stops one after it was planned.
      const others = stage.jiras[0]?.entry('INT-3')
      if (others !== undefined) others.status.status = 'STOPPED'
      await stage.main.ask('jobs:begin', { id: planned.id })
      const job = await whenJobIs(stage.main, planned.id, 'ended')
      expect(outcomes(job)).toEqual(['done', 'needless', 'done', undefined, 'done', 'done', 'done', undefined])
      if (again) await restart(stage)
      forgetWrites(stage)
      const back = await stage.main.ask('jobs:plan-back', { id: job.id, targets: null })
      expect(back).toMatchObject({ kind: 'maintenance-end', originId: job.id, state: 'planned' })
      await stage.main.ask('jobs:begin', { id: back.id })
      await whenJobIs(stage.main, back.id, 'ended')
      expect(writesOf(stage).map((writes) => writes.toSorted())).toEqual([
        ['PUT /integrations/INT-2/start', 'PUT /integrations/INT-4/start'],
        ['PUT /integrations/INT-2/start', 'PUT /integrations/INT-3/start', 'PUT /integrations/INT-4/start'],
      ])
      expect(wordsOf(stage)).toEqual([
        ['RUNNING', 'STOPPED', 'RUNNING', 'STOPPED'],
        ['RUNNING', 'RUNNING', 'RUNNING', 'STOPPED'],
      ])
      await expect(stage.main.ask('jobs:plan-back', { id: job.id, targets: null })).rejects.toThrow(
        'nothing left of this job to undo',
      )
      await expect(stage.main.ask('jobs:plan-back', { id: back.id, targets: null })).rejects.toThrow('cannot be undone')
    },
  )

  it('is taken back partly, and later the rest of it', async () => {
    const stage = await jobStage({ servers: 1 })
    const { id } = await maintained(stage)
    forgetWrites(stage)
    for (const targets of [stage.refs.slice(0, 1), null]) {
      const back = await stage.main.ask('jobs:plan-back', { id, targets: targets && [...targets] })
      await stage.main.ask('jobs:begin', { id: back.id })
      await whenJobIs(stage.main, back.id, 'ended')
    }
    expect(writesOf(stage)[0]).toHaveLength(3)
    expect(wordsOf(stage)[0]).toEqual(['RUNNING', 'RUNNING', 'RUNNING', 'STOPPED'])
  })

  it('leaves out what cannot be written: a server that is read-only, has no credentials, or does not answer', async () => {
    const stage = await jobStage({ servers: 3, each: 2 })
    const [readOnly = '', , away] = stage.serverIds
    await stage.main.ask('servers:set-read-only', { serverId: readOnly, isReadOnly: true })
    await stage.jiras[2]?.goOffline()
    const job = await plan(stage)
    const reasons = (id: string | undefined) =>
      job.targets.filter(({ serverId }) => serverId === id).map(({ leftOut }) => said(leftOut))
    expect(new Set(reasons(readOnly))).toEqual(new Set(['The server is read-only.']))
    expect(reasons(away)[0]).toContain('could not be read')
    expect(job.counts.waiting).toBe(1)
  })
})

describe('a job', () => {
  it('that is paused begins nothing new, follows what is under way, and continues when the user says so', async () => {
    const stage = await jobStage({ servers: 1, each: 12, taskDurationMs: 60 })
    await stage.main.ask('settings:set', { requestsPerServer: 2 })
    const { id } = await plan(stage)
    await stage.main.ask('jobs:begin', { id })
    await until('the first are sent', () => (writesOf(stage)[0]?.length ?? 0) >= 2)
    await stage.main.ask('jobs:pause', { id })
    await until('nothing is under way', async () => (await stage.main.ask('jobs:get', { id })).counts.underWay === 0)
    const sent = writesOf(stage)[0]?.length ?? 0
    expect(sent).toBeLessThan(11)
    expect((await stage.main.ask('jobs:get', { id })).counts).toMatchObject({ done: sent, waiting: 11 - sent })
    await stage.main.ask('jobs:go-on', { id })
    await whenJobIs(stage.main, id, 'ended')
    expect(new Set(writesOf(stage)[0]).size).toBe(11)
    expect(writesOf(stage)[0]).toHaveLength(11)
  })

  it('keeps no more targets of a server under way than its limit', async () => {
    const stage = await jobStage({ servers: 2, each: 12, taskDurationMs: 40 })
    await stage.main.ask('settings:set', { requestsPerServer: 3 })
    let peak = 0
    stage.main.services.jobStore.changed.on(({ targets }) => {
      for (const id of stage.serverIds)
        peak = Math.max(
          peak,
          targets.filter((t) => t.serverId === id && t.steps.some(({ outcome }) => outcome === 'under-way')).length,
        )
    })
    await maintained(stage)
    expect(peak).toBe(3)
  })

  it('that is ended early leaves what has not begun, and says so', async () => {
    const stage = await jobStage({ servers: 1, each: 8, taskDurationMs: 60 })
    await stage.main.ask('settings:set', { requestsPerServer: 1 })
    const { id } = await plan(stage)
    await stage.main.ask('jobs:begin', { id })
    await until('the first is sent', () => (writesOf(stage)[0]?.length ?? 0) >= 1)
    await stage.main.ask('jobs:end', { id })
    const job = await whenJobIs(stage.main, id, 'ended')
    const sent = writesOf(stage)[0]?.length ?? 0
    expect(job.counts).toMatchObject({ done: sent, left: 7 - sent, waiting: 0, underWay: 0 })
    expect(sent).toBeLessThan(7)
  })

  it('halts after three failures in a row, and retries what failed when told', async () => {
    const stage = await jobStage({ servers: 1, each: 8 })
    await stage.main.ask('settings:set', { requestsPerServer: 1 })
    for (let count = 0; count < 3; count += 1) stage.jiras[0]?.api.failNextTask('The queue is busy')
    const { id } = await plan(stage)
    await stage.main.ask('jobs:begin', { id })
    const halted = await whenJobIs(stage.main, id, 'paused')
    expect(said(halted.halt)).toBe('3 in a row failed.')
    expect(outcomes(halted).slice(0, 4)).toEqual(['failed', 'failed', 'failed', 'waiting'])
    expect(said(halted.targets[0]?.steps[0]?.result)).toContain('The queue is busy')
    await stage.main.ask('jobs:go-on', { id })
    expect((await whenJobIs(stage.main, id, 'ended')).counts).toMatchObject({ failed: 3, done: 4 })
    await stage.main.ask('jobs:retry', { id })
    expect((await whenJobIs(stage.main, id, 'ended')).counts).toMatchObject({ failed: 0, done: 7 })
    await expect(stage.main.ask('jobs:retry', { id })).rejects.toThrow('Nothing failed')
  })

  it('continues elsewhere while one server is unavailable, then halts and names it', async () => {
    const stage = await jobStage()
    const { id } = await plan(stage)
    await stage.jiras[0]?.goOffline()
    await stage.main.ask('jobs:begin', { id })
    const halted = await whenJobIs(stage.main, id, 'paused')
    expect(said(halted.halt)).toContain('Server 1: ')
    expect(halted.counts).toMatchObject({ done: 3, waiting: 3 })
    await stage.jiras[0]?.start()
    await stage.main.ask('jobs:go-on', { id })
    expect((await whenJobIs(stage.main, id, 'ended')).counts).toMatchObject({ done: 6 })
  })

  it('goes on with the others where its server fails over one each time', async () => {
    const stage = await jobStage({ servers: 1, each: 6 })
    const job = await stage.main.ask('jobs:plan-maintenance', { targets: [...stage.refs] })
    stage.jiras[0]?.faults.add({ path: '/integrations/INT-2/status', fault: jiraAnswer('{"message":"Oops"}', 500) })
    await stage.main.ask('jobs:begin', { id: job.id })
    const { counts, targets } = await whenJobIs(stage.main, job.id, 'ended')
    expect(counts).toMatchObject({ failed: 1, done: 4, leftOut: 1 })
    expect(said(targets[0]?.steps[0]?.result)).toContain('HTTP 500')
  })

  it('halts if its server no longer lets Syncdeck in, at one refused log-in', async () => {
    const stage = await jobStage({ servers: 1 })
    const { id } = await plan(stage)
    const [jira] = stage.jiras
    if (jira !== undefined) jira.logIn.account('admin').password = 'changed'
    await jira?.restart()
    await stage.main.ask('jobs:begin', { id })
    const halted = await whenJobIs(stage.main, id, 'paused')
    expect(halted.halt).not.toBeNull()
    expect([jira?.failedLogIns('admin'), writesOf(stage)[0]]).toEqual([1, []])
  })

  it('refuses what makes no sense: twice, without an end, over another job', async () => {
    const stage = await jobStage({ servers: 1, taskDurationMs: 300 })
    const { id } = await plan(stage)
    const other = await plan(stage)
    await stage.main.ask('jobs:begin', { id })
    const ask = stage.main.ask
    await expect(ask('jobs:begin', { id })).rejects.toThrow('already begun')
    await expect(ask('jobs:begin', { id: other.id })).rejects.toThrow('Another unfinished job')
    await expect(ask('jobs:go-on', { id })).rejects.toThrow('is not waiting')
    await expect(ask('jobs:forget', { id })).rejects.toThrow('still running')
    await expect(ask('jobs:plan-back', { id, targets: null })).rejects.toThrow('still running')
    await whenJobIs(stage.main, id, 'ended')
    await ask('jobs:forget', { id })
    await expect(ask('jobs:get', { id })).rejects.toThrow('no longer exists')
    expect((await ask('jobs:list', {})).map((job) => job.id)).toEqual([other.id])
  })

  it('sends nothing that it could not store, and says so', async () => {
    const stage = await jobStage({ servers: 1 })
    const { id } = await plan(stage)
    const disk = new DatabaseSync(join(stage.main.folder, 'state.db'))
    disk.exec("CREATE TRIGGER full BEFORE INSERT ON job_step BEGIN SELECT raise(ABORT, 'disk full'); END")
    await stage.main.ask('jobs:begin', { id })
    const halted = await whenJobIs(stage.main, id, 'paused')
    expect(said(halted.halt)).toContain('could not be saved')
    expect(writesOf(stage)[0]).toEqual([])
    disk.exec('DROP TRIGGER full')
    disk.close()
    await stage.main.ask('jobs:go-on', { id })
    expect((await whenJobIs(stage.main, id, 'ended')).counts.done).toBe(3)
    expect(writesOf(stage)[0]).toHaveLength(3)
  })
})

describe('after the end of Syncdeck in the middle of it, a job', () => {
  it('is interrupted, follows what is at the server, begins nothing by itself, and continues when told', async () => {
    const stage = await jobStage({ servers: 1, each: 8, taskDurationMs: 150 })
    await stage.main.ask('settings:set', { requestsPerServer: 2 })
    const { id } = await plan(stage)
    await stage.main.ask('jobs:begin', { id })
    await until('the first are sent', () => (writesOf(stage)[0]?.length ?? 0) >= 2)
    await restart(stage)
    const found = await stage.main.ask('jobs:get', { id })
    expect([found.state, said(found.halt)]).toEqual(['interrupted', expect.stringContaining('by itself')])
    await until('it is settled', async () => (await stage.main.ask('jobs:get', { id })).counts.underWay === 0)
    const sent = writesOf(stage)[0]?.length ?? 0
    const settled = await stage.main.ask('jobs:get', { id })
    expect(settled.counts).toMatchObject({ done: sent, waiting: 7 - sent })
    await stage.main.ask('jobs:go-on', { id })
    await whenJobIs(stage.main, id, 'ended')
    expect(writesOf(stage)[0]).toHaveLength(7)
    expect(new Set(writesOf(stage)[0]).size).toBe(7)
  })
})

describe('what a job starts again', () => {
  /** Servers whose synchronizations all log in to a partner as one user. */
  async function partnerStage() {
    const network = new JiraNetwork()
    const partner = await startJira({ network, accounts: [account('admin'), account('backbone', { role: 'none' })] })
    const prepare = ({ integration, syncPasswords }: Entry): void => {
      const connector = integration.secondConnector ?? integration.firstConnector
      connector.connection.application = { baseUrl: partner.baseUrl, user: 'backbone' }
      syncPasswords.set(connector.connectorKey, 'backbone')
    }
    const stage = await jobStage({ servers: 3, network, prepare })
    const { id } = await maintained(stage)
    forgetWrites(stage)
    const back = await stage.main.ask('jobs:plan-back', { id, targets: null })
    return { partner, stage, back }
  }

  it('begins with one for each sync user across all servers; a password that is refused fails once', async () => {
    const { partner, stage, back } = await partnerStage()
    partner.logIn.account('backbone').password = 'changed meanwhile'
    await stage.main.ask('jobs:begin', { id: back.id })
    const halted = await whenJobIs(stage.main, back.id, 'paused')
    const guarded = async () => (await stage.main.ask('jobs:get', { id: back.id })).targets[0]?.steps[1]?.outcome
    await until('it is stopped again', async () => (await guarded()) === 'done')
    expect(said(halted.halt)).toContain('INT-2 on Server 1')
    expect(partner.failedLogIns('backbone')).toBe(1)
    expect(writesOf(stage)).toEqual([['PUT /integrations/INT-2/start', 'PUT /integrations/INT-2/stop'], [], []])
    const { targets, counts } = await stage.main.ask('jobs:get', { id: back.id })
    expect([counts.failed, counts.waiting]).toEqual([1, 8])
    expect(said(targets[0]?.steps[0]?.result)).toContain('401 Unauthorized')
    expect(targets[0]?.steps.map(({ outcome }) => outcome)).toEqual(['failed', 'done'])
  })

  it('follows side by side once the first was seen to be accepted', async () => {
    const { partner, stage, back } = await partnerStage()
    await stage.main.ask('jobs:begin', { id: back.id })
    const { targets } = await whenJobIs(stage.main, back.id, 'ended')
    expect(partner.failedLogIns('backbone')).toBe(0)
    expect(new Set(targets.map(({ steps }) => steps.map(({ outcome }) => outcome).join()))).toEqual(
      new Set(['done,needless']),
    )
    const [first, ...others] = targets.flatMap(({ steps: [start] }) => start?.begunAt ?? []).toSorted((a, b) => a - b)
    const firstSeen = targets[0]?.steps[0]?.endedAt ?? 0
    expect(targets[0]?.steps[0]?.begunAt).toBe(first)
    expect(Math.min(...others)).toBeGreaterThanOrEqual(firstSeen)
  })
})
