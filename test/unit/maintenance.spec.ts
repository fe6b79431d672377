import { describe, expect, it } from 'vitest'
import type { WholeJob } from '../../src-contract/jobs.ts'
import { foreign } from '../../src-contract/messages/message.ts'
import type { Notification } from '../../src-contract/notifications.ts'
import { jobStage, restart, whenJobIs, writesOf, type JobStage } from '../support/jobs.ts'
import { movableClock } from '../support/movable-clock.ts'
import { said } from '../support/said.ts'

const HOUR_MS = 3_600_000
const WHY = { why: ' new hardware ', until: null }

/** Stops everything of a stage that runs, for a maintenance with this note. */
async function maintained(stage: JobStage, maintenance: { why: string; until: number | null }): Promise<WholeJob> {
  const { id } = await stage.main.ask('jobs:plan-maintenance', { targets: [...stage.refs] })
  await stage.main.ask('jobs:begin', { id, maintenance })
  return whenJobIs(stage.main, id, 'ended')
}

/** The reasons in the rows, by key. */
async function reasonsOf({ main }: JobStage): Promise<Record<string, string>> {
  return Object.fromEntries((await main.rows()).map(({ key, reason }) => [key, said(reason)]))
}

/** Somebody else starts one, and Syncdeck reads it. */
async function startElsewhere({ jiras: [jira], main, serverIds: [serverId = ''] }: JobStage, key: string) {
  if (jira !== undefined) jira.entry(key).status.status = 'RUNNING'
  await main.ask('synchronizations:refresh', { serverId })
}

/** Raises an alarm of this kind about a synchronization, and returns what has been reported by then. */
async function told(
  { main, serverIds: [serverId = ''] }: JobStage,
  key: string,
  kind: Notification['kind'] = 'problem',
): Promise<string[]> {
  main.services.notifications.raise({ kind, tone: 'bad', serverId, key, title: foreign(`${kind} ${key}`), text: null })
  main.services.notifications.flush()
  return (await main.ask('notifications:list', {})).map(({ title }) => said(title))
}

describe('the note of a maintenance', () => {
  it('is shown by each row that its job stopped itself, and by no other', async () => {
    const stage = await jobStage({ servers: 1 })
    const job = await maintained(stage, WHY)
    expect(job.maintenance).toEqual({
      why: 'new hardware',
      until: null,
      users: ['admin'],
      remindedAt: null,
      startsAtEnd: false,
      onlyAsks: null,
    })
    expect(await reasonsOf(stage)).toEqual({
      'INT-2': 'Maintenance: new hardware',
      'INT-3': 'Maintenance: new hardware',
      'INT-4': 'Maintenance: new hardware',
      'INT-5': '',
    })
  })

  it('names the planned end; if nothing was typed, rows show nothing', async () => {
    const stage = await jobStage({ servers: 1, each: 2 })
    const { clock } = stage.main.services
    const job = await maintained(stage, { why: '', until: clock.now() + 30 * 24 * HOUR_MS })
    expect((await reasonsOf(stage))['INT-2']).toMatch(/^Maintenance until \w+ \d+, \d{1,2}:\d\d\s[AP]M$/)
    await stage.main.ask('jobs:forget', { id: job.id })
    await startElsewhere(stage, 'INT-2')
    expect((await maintained(stage, { why: ' ', until: null })).maintenance).toBeNull()
    expect((await reasonsOf(stage))['INT-2']).toBe('')
  })

  it('stays after a restart, and ends with the start of each, whoever starts it', async () => {
    const stage = await jobStage({ servers: 1 })
    const { id } = await maintained(stage, WHY)
    await restart(stage)
    const back = await stage.main.ask('jobs:plan-back', { id, targets: stage.refs.slice(0, 1) })
    await stage.main.ask('jobs:begin', { id: back.id })
    await whenJobIs(stage.main, back.id, 'ended')
    await startElsewhere(stage, 'INT-3')
    expect(await reasonsOf(stage)).toEqual({
      'INT-2': '',
      'INT-3': 'A route is stopped although the synchronization is running',
      'INT-4': 'Maintenance: new hardware',
      'INT-5': '',
    })
    // Stopped again by somebody, it is not in a maintenance.
    const { jiras, main, serverIds } = stage
    if (jiras[0] !== undefined) jiras[0].entry('INT-3').status.status = 'STOPPED'
    await main.ask('synchronizations:refresh', { serverId: serverIds[0] ?? '' })
    await restart(stage)
    expect((await reasonsOf(stage))['INT-3']).toBe('')
    const { targets } = await stage.main.ask('jobs:get', { id })
    expect(targets.map(({ backAt }) => backAt !== null)).toEqual([true, true, false, false])
  })

  it('is not ended by what was read before the stop was', async () => {
    const stage = await jobStage({ servers: 1, each: 2 })
    const [ref] = stage.refs
    const { directory, maintenances } = stage.main.services
    const running = ref === undefined ? null : directory.find(ref)
    await maintained(stage, WHY)
    maintenances.read([{ serverId: '', key: '', ...ref, before: running, after: running }])
    expect((await reasonsOf(stage))['INT-2']).toBe('Maintenance: new hardware')
    maintenances.read([{ serverId: '', key: '', ...ref, before: null, after: running }])
    expect((await reasonsOf(stage))['INT-2']).toBe('')
  })

  it('ends with its job', async () => {
    const stage = await jobStage({ servers: 1 })
    const { id } = await maintained(stage, WHY)
    await stage.main.ask('jobs:forget', { id })
    expect((await reasonsOf(stage))['INT-2']).toBe('')
    expect(await told(stage, 'INT-2')).toContain('problem INT-2')
  })

  it('mutes alarms about the state, until it runs again; the outcome of a task is reported', async () => {
    const stage = await jobStage({ servers: 1 })
    await maintained(stage, WHY)
    expect(await told(stage, 'INT-2')).not.toContain('problem INT-2')
    expect(await told(stage, 'INT-2', 'task-failed')).toContain('task-failed INT-2')
    expect(await told(stage, 'INT-5')).toContain('problem INT-5')
    await startElsewhere(stage, 'INT-2')
    expect(await told(stage, 'INT-2')).toContain('problem INT-2')
  })

  it.each([-HOUR_MS, 0])('takes no planned end that has passed (%s ms): nothing is begun', async (ms) => {
    const stage = await jobStage({ servers: 1, each: 2 })
    const { id } = await stage.main.ask('jobs:plan-maintenance', { targets: [...stage.refs] })
    const until = stage.main.services.clock.now() + ms
    await expect(stage.main.ask('jobs:begin', { id, maintenance: { why: '', until } })).rejects.toMatchObject({
      data: { code: 'input.invalid', fields: { 'maintenance.until': 'The planned end must be in the future.' } },
    })
    expect((await stage.main.ask('jobs:get', { id })).state).toBe('planned')
    expect(writesOf(stage)).toEqual([[]])
  })
})

describe('when the planned end has passed', () => {
  const OVERDUE = 'synchronizations are still stopped after their maintenance'

  /** The reminders after a check. */
  async function reminders({ main }: JobStage): Promise<string[]> {
    main.services.watching.reminder.look()
    main.services.notifications.flush()
    const titles = (await main.ask('notifications:list', {})).map(({ title }) => said(title))
    return titles.filter((title) => title.includes('still stopped'))
  }

  it('the user is notified once, and not before', async () => {
    const { clock, moveOn } = movableClock()
    const stage = await jobStage({ servers: 1 }, { clock })
    const { id } = await maintained(stage, { why: '', until: clock.now() + HOUR_MS })
    expect(await reminders(stage)).toEqual([])
    moveOn(HOUR_MS)
    expect(await reminders(stage)).toEqual([`3 ${OVERDUE}`])
    const [reminder] = await stage.main.ask('notifications:list', {})
    expect(reminder?.jobId).toBe(id)
    expect(await reminders(stage)).toHaveLength(1)
    await restart(stage, { clock })
    await stage.main.ask('synchronizations:refresh', { serverId: stage.serverIds[0] ?? '' })
    expect(await reminders(stage)).toHaveLength(1)
  })

  it('if Syncdeck was not running, it is reported after a reading, about what is still stopped by then', async () => {
    const { clock, moveOn } = movableClock()
    const stage = await jobStage({ servers: 1 }, { clock })
    await maintained(stage, { why: '', until: clock.now() + HOUR_MS })
    moveOn(2 * HOUR_MS)
    await restart(stage, { clock })
    expect(await reminders(stage)).toEqual([])
    await startElsewhere(stage, 'INT-2')
    expect(await reminders(stage)).toEqual([`2 ${OVERDUE}`])
    const jobs = await stage.main.ask('notifications:list', {})
    // The end of the job was reported by the session in which it ended.
    expect(jobs.filter(({ title }) => said(title).endsWith('ended'))).toHaveLength(1)
    expect(writesOf(stage)[0]?.filter((write) => write.endsWith('start'))).toEqual([])
  })

  it('nothing is reported if all of it runs again', async () => {
    const { clock, moveOn } = movableClock()
    const stage = await jobStage({ servers: 1, each: 2 }, { clock })
    await maintained(stage, { why: '', until: clock.now() + HOUR_MS })
    await startElsewhere(stage, 'INT-2')
    moveOn(2 * HOUR_MS)
    expect(await reminders(stage)).toEqual([])
  })
})
