import { describe, expect, it } from 'vitest'
import type { JobTarget, WholeJob } from '../../src-contract/jobs.ts'
import { until } from '../../tools/until.ts'
import {
  copyStage,
  creationsOf,
  jirasOf,
  listedBodies,
  mappingOf,
  originals,
  passwords,
  planCopy,
  withoutPasswords,
} from '../support/copies.ts'
import { jiraAnswer } from '../support/jira-answer.ts'
import { forgetWrites, listedBy, restart, whenJobIs, writesOf } from '../support/jobs.ts'
import type { RotationStage } from '../support/rotation.ts'
import { said } from '../support/said.ts'

/** Begins a job and enters what it asks for. */
async function begin(stage: RotationStage, { id }: WholeJob, given = passwords(stage)): Promise<void> {
  await stage.main.ask('jobs:begin', { id })
  await whenJobIs(stage.main, id, 'paused')
  await stage.main.ask('jobs:go-on', { id, passwords: given })
}

const reasons = ({ targets }: WholeJob): string[] =>
  targets.map(({ leftOut, steps }) => said(leftOut) || said(steps.at(-1)?.result) || 'waits')
const keyOf = ({ copy }: JobTarget): string | null => copy?.key ?? null
const goalKeys = (stage: RotationStage): string[] => [...jirasOf(stage).goal.api.entries.keys()]
/** The first synchronization to copy. */
const original = (stage: RotationStage) => jirasOf(stage).source.entry('INT-2').integration

describe('copies on another server', () => {
  it('are created by the requests that the review lists, with the values of the mapping, and not started', async () => {
    const stage = await copyStage()
    const project = original(stage).firstConnector.projectKey
    const job = await planCopy(stage, {
      ...mappingOf({ [project]: 'MOVED' }),
      users: [{ from: 'local', to: 'backbone' }],
    })
    expect(job.copyTo?.serverName).toBe('Server 1')
    expect(job.targets[0]?.changes).toContainEqual({ field: 'firstConnector.projectKey', from: project, to: 'MOVED' })
    expect(writesOf(stage).flat()).toEqual([])
    await stage.main.ask('jobs:begin', { id: job.id })
    const asking = await whenJobIs(stage.main, job.id, 'paused')
    // One password for each user, however many copies use it.
    expect(asking.asks).toEqual([{ user: 'backbone', baseUrl: stage.partner.baseUrl }])
    expect(creationsOf(stage)).toEqual([])
    await stage.main.ask('jobs:go-on', { id: job.id, passwords: passwords(stage) })
    const done = await whenJobIs(stage.main, job.id, 'ended')
    expect(done.counts).toMatchObject({ done: 4, failed: 0, unknown: 0 })
    expect(writesOf(stage)).toEqual(listedBy(job, stage.serverIds))
    expect(creationsOf(stage).map(withoutPasswords).toSorted(byText)).toEqual(listedBodies(job).toSorted(byText))
    for (const target of done.targets) {
      const made = jirasOf(stage).goal.entry(keyOf(target) ?? '')
      expect([made.integration.summary, made.status.status]).toEqual([target.summary, 'STOPPED'])
      expect(said(target.steps[0]?.result)).toBe(
        `Created as ${keyOf(target)}, and a reading shows what was requested. It was not started.`,
      )
    }
    await until('the copies are in the table', async () => (await stage.main.rows()).length === 12)
  })

  it('list what is to be done by hand, with what it was, and no secret', async () => {
    const stage = await copyStage()
    const side = original(stage).firstConnector
    side.configuration = { fieldMappings: [{ id: 'summary' }], fieldDefaults: [], proxy: { password: 'secret' } }
    const { targets } = await planCopy(stage)
    expect(targets[0]?.copy?.byHand.filter((work) => work.side === 'first')).toEqual([
      { side: 'first', part: 'fieldMappings', was: '[{"id":"summary"}]' },
      { side: 'first', part: 'proxy', was: '{"password":"••••••"}' },
    ])
    expect(targets[1]?.copy?.byHand.length).toBeGreaterThan(2)
  })

  it('of what is there already, twice the same, or one half, are left out and reported', async () => {
    const stage = await copyStage({ each: 4 })
    const { source, goal } = jirasOf(stage)
    const entries = ['INT-2', 'INT-3', 'INT-4', 'INT-5'].map((key) => source.entry(key).integration)
    const [there, one, twin, half] = entries
    if (!there || !one || !twin || !half) throw new Error('Such synchronizations are needed')
    const taken = goal.entry('INT-2').integration
    taken.summary = there.summary
    taken.firstConnector.projectKey = there.firstConnector.projectKey
    if (taken.secondConnector && there.secondConnector)
      taken.secondConnector.projectKey = there.secondConnector.projectKey
    twin.summary = one.summary
    twin.firstConnector.projectKey = one.firstConnector.projectKey
    if (twin.secondConnector && one.secondConnector) twin.secondConnector.projectKey = one.secondConnector.projectKey
    delete half.secondConnector
    const goals = stage.refs.filter(({ serverId }) => serverId === stage.serverIds[0]).slice(0, 1)
    const job = await planCopy(stage, mappingOf(), [...originals(stage), ...goals])
    expect(reasons(job)).toEqual([
      'It is already on this server.',
      'INT-2 already exists there, with the same name and projects.',
      'waits',
      'INT-3 in this job would have the same name and projects on Server 1.',
      'It is one half of a distributed synchronization; the server can only create whole ones.',
    ])
  })

  it('that nobody could be asked for are left out with the reason', async () => {
    const stage = await copyStage()
    original(stage).summary = ' '
    const job = await planCopy(stage, mappingOf())
    expect(reasons(job)[0]).toBe('Enter a name')
    await expect(planCopy(stage, mappingOf({ AP: 'not a key' }))).rejects.toMatchObject({
      data: {
        fields: { 'mapping.projects.0.to': expect.stringContaining('A project key consists of capital letters') },
      },
    })
  })

  it('are made from a read-only server, and on none', async () => {
    const stage = await copyStage()
    const [to = '', from = ''] = stage.serverIds
    const set = async (serverId: string, isReadOnly: boolean) =>
      stage.main.ask('servers:set-read-only', { serverId, isReadOnly })
    await set(from, true)
    expect((await planCopy(stage)).counts).toMatchObject({ waiting: 4, leftOut: 0 })
    await set(to, true)
    expect(new Set(reasons(await planCopy(stage)))).toEqual(new Set(['The server is read-only.']))
  })

  it('are not made of what has gone, has changed, or is there meanwhile', async () => {
    const stage = await copyStage()
    const job = await planCopy(stage)
    const { source, goal } = jirasOf(stage)
    source.api.entries.delete('INT-2')
    source.entry('INT-3').integration.summary = 'Somebody else’s'
    const copied = structuredClone(source.entry('INT-4').integration)
    Object.assign(goal.entry('INT-5').integration, { ...copied, integrationKey: 'INT-5' })
    await begin(stage, job)
    const done = await whenJobIs(stage.main, job.id, 'ended')
    expect(reasons(done)).toEqual([
      expect.stringContaining('could not be read'),
      'It has changed since the job was planned.',
      'INT-5 already exists there, with the same name and projects.',
      expect.stringContaining('Created as'),
    ])
    expect(creationsOf(stage)).toHaveLength(1)
  })

  it('are made of the others, where a server always fails over one original', async () => {
    const stage = await copyStage()
    const job = await planCopy(stage)
    jirasOf(stage).source.faults.add({ path: '/integrations/INT-2', method: 'GET', fault: jiraAnswer('Broken', 500) })
    await begin(stage, job)
    const over = await whenJobIs(stage.main, job.id, 'ended')
    expect(over.counts).toMatchObject({ done: 3, leftOut: 1 })
    expect(reasons(over).filter((reason) => reason.includes('could not be read'))).toHaveLength(1)
  })

  it('wait for the first one of each sync user', async () => {
    const stage = await copyStage({ each: 4 })
    jirasOf(stage).goal.faults.add({ path: '/integrations', method: 'POST', times: 1, fault: { kind: 'slow-headers' } })
    const job = await planCopy(stage)
    await begin(stage, job)
    await until('the first one is sent', () => creationsOf(stage).length === 1)
    const { targets } = await stage.main.ask('jobs:get', { id: job.id })
    expect(targets.map(({ steps }) => steps[0]?.outcome)).toEqual(['under-way', 'waiting', 'waiting', 'waiting'])
  })
})

const byText = (a: unknown, b: unknown): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)

describe('a wrong password', () => {
  it('fails one log-in, and nothing is created', async () => {
    const stage = await copyStage()
    const job = await planCopy(stage)
    await begin(stage, job, passwords(stage, 'wrong'))
    const halted = await whenJobIs(stage.main, job.id, 'paused')
    expect(halted.halt?.key).toBe('jobs.halt.logIn')
    expect([stage.partner.failedLogIns('backbone'), creationsOf(stage)]).toEqual([1, []])
  })
})

describe('a creation', () => {
  it.each([
    { fault: { kind: 'reset-after' }, outcome: 'done', keys: 6 },
    { fault: { kind: 'answer-after', status: 504, body: '' }, outcome: 'done', keys: 6 },
    { fault: { kind: 'answer-after', status: 200, body: '{}' }, outcome: 'done', keys: 6 },
    { fault: { kind: 'reset-before' }, outcome: 'unknown', keys: 5 },
  ] as const)(
    'whose answer is lost ($fault.kind $fault.status) is sent once and told as what it is',
    async ({ fault, outcome, keys }) => {
      const stage = await copyStage()
      jirasOf(stage).goal.faults.add({ path: '/integrations', method: 'POST', times: 1, fault })
      const job = await planCopy(stage, mappingOf(), originals(stage).slice(0, 1))
      await begin(stage, job)
      const over = await whenJobIs(stage.main, job.id, 'ended')
      expect(over.targets[0]?.steps[0]?.outcome).toBe(outcome)
      expect([creationsOf(stage).length, goalKeys(stage).length]).toEqual([1, keys - 1])
      expect(keyOf(over.targets[0] as JobTarget) !== null).toBe(outcome === 'done')
      // It may take effect at any time: a second one would be one too many.
      if (outcome === 'unknown')
        await expect(stage.main.ask('jobs:retry', { id: job.id })).rejects.toThrow('Nothing failed')
    },
  )

  it('takes nothing that somebody else has made meanwhile for its own', async () => {
    const stage = await copyStage()
    const { goal, source } = jirasOf(stage)
    goal.faults.add({ path: '/integrations', method: 'POST', times: 1, fault: { kind: 'reset-before' } })
    const job = await planCopy(stage, mappingOf(), originals(stage).slice(0, 1))
    await begin(stage, job)
    await until('it is sent', () => creationsOf(stage).length === 1)
    const theirs = structuredClone(source.entry('INT-2'))
    Object.assign(theirs.integration, { integrationKey: 'INT-99', createdUser: 'somebody' })
    goal.api.put(theirs)
    const over = await whenJobIs(stage.main, job.id, 'ended')
    expect([over.targets[0]?.steps[0]?.outcome, keyOf(over.targets[0] as JobTarget)]).toEqual(['unknown', null])
    expect(said(over.targets[0]?.steps[0]?.result)).toContain('INT-99')
  })

  it('that is refused halts the job, and can be tried again', async () => {
    const stage = await copyStage({ isKnown: false })
    const fault = jiraAnswer('firstConnector: no such project', 400)
    jirasOf(stage).goal.faults.add({ path: '/integrations', method: 'POST', times: 1, fault })
    const job = await planCopy(stage)
    await begin(stage, job)
    const halted = await whenJobIs(stage.main, job.id, 'paused')
    expect([halted.halt?.key, creationsOf(stage).length]).toEqual(['jobs.halt.create', 1])
    await stage.main.ask('jobs:go-on', { id: job.id })
    const over = await whenJobIs(stage.main, job.id, 'ended')
    expect(over.counts).toMatchObject({ done: 3, failed: 1 })
    // The passwords went with the job's end.
    await stage.main.ask('jobs:retry', { id: job.id })
    await whenJobIs(stage.main, job.id, 'paused')
    await stage.main.ask('jobs:go-on', { id: job.id, passwords: passwords(stage) })
    await until(
      'its outcome is there',
      async () => (await stage.main.ask('jobs:get', { id: job.id })).counts.done === 4,
    )
    expect(creationsOf(stage)).toHaveLength(5)
  })

  it('that was cut off by the end of Syncdeck is not sent again, and is not taken for what it may not be', async () => {
    const stage = await copyStage()
    jirasOf(stage).goal.faults.add({ path: '/integrations', method: 'POST', times: 1, fault: { kind: 'hang-after' } })
    const job = await planCopy(stage)
    await begin(stage, job)
    await until('it is sent', () => creationsOf(stage).length === 1)
    await restart(stage)
    await until('it is settled', async () => (await stage.main.ask('jobs:get', { id: job.id })).counts.underWay === 0)
    const found = await stage.main.ask('jobs:get', { id: job.id })
    expect([found.state, found.targets[0]?.steps[0]?.outcome]).toEqual(['interrupted', 'unknown'])
    expect(said(found.targets[0]?.steps[0]?.result)).toContain('Similar ones in the list now: INT-6')
    // Passwords were in memory alone.
    expect(found.asks.map(({ user }) => user).toSorted()).toEqual(['backbone', 'local'])
    await stage.main.ask('jobs:go-on', { id: job.id, passwords: passwords(stage) })
    const over = await whenJobIs(stage.main, job.id, 'ended')
    expect([over.counts.done, creationsOf(stage).length, goalKeys(stage).length]).toEqual([3, 4, 8])
  })
})

describe('the way back of copies', () => {
  it('deletes exactly what was created, and nothing that has become something else', async () => {
    const stage = await copyStage()
    const before = goalKeys(stage)
    const job = await planCopy(stage)
    await begin(stage, job)
    const done = await whenJobIs(stage.main, job.id, 'ended')
    // Two may be under way at once, and the server numbers them as they arrive: ordered like the way back, by key.
    const made = done.targets.map((target) => keyOf(target) ?? '').toSorted(byText)
    jirasOf(stage).goal.entry(made[0] ?? '').integration.summary = 'Another'
    forgetWrites(stage)
    const back = await stage.main.ask('jobs:plan-back', { id: job.id, targets: null })
    expect([back.kind, back.targets.map(({ key }) => key), reasons(back)[0]]).toEqual([
      'clean-up',
      made,
      'It has changed since the job was planned.',
    ])
    await stage.main.ask('jobs:begin', { id: back.id, typed: '3' })
    await whenJobIs(stage.main, back.id, 'ended')
    expect(writesOf(stage).map((writes) => writes.toSorted())).toEqual([
      made.slice(1).map((key) => `DELETE /integrations/${key}`),
      [],
    ])
    expect(goalKeys(stage)).toEqual([...before, made[0]])
  })
})
