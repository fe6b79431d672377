import { describe, expect, it, vi } from 'vitest'
import type { WholeJob } from '../../src-contract/jobs.ts'
import type { Notification } from '../../src-contract/notifications.ts'
import { until } from '../../tools/until.ts'
import { forgetWrites, jobStage, restart, whenJobIs, writesOf, type JobStage } from '../support/jobs.ts'
import { movableClock } from '../support/movable-clock.ts'
import { said } from '../support/said.ts'
import { serverInput, startJira } from '../support/services.ts'

const MINUTE_MS = 60_000
const STARTS = ['INT-2', 'INT-3'].map((key) => `PUT /integrations/${key}/start`)

/** Two servers in a maintenance of an hour, whose end was planned to start by itself what it stopped. */
async function planned({ startsAtEnd = true, servers = 2 } = {}) {
  const { clock, moveOn } = movableClock()
  const stage = await jobStage({ servers, each: 3 }, { clock })
  const { id } = await stage.main.ask('jobs:plan-maintenance', { targets: [...stage.refs] })
  const end = clock.now() + 60 * MINUTE_MS
  await stage.main.ask('jobs:begin', { id, maintenance: { why: '', until: end, startsAtEnd } })
  await whenJobIs(stage.main, id, 'ended')
  forgetWrites(stage)
  /** Lets minutes pass, and looks each minute. */
  const pass = (minutes: number): void => {
    for (let passed = 0; passed < minutes; passed += 1) {
      moveOn(MINUTE_MS)
      stage.main.services.watching.reminder.look()
    }
  }
  /** Reads all servers so often. */
  const round = async (times = 1, serverIds: readonly string[] = stage.serverIds): Promise<void> => {
    for (let time = 0; time < times; time += 1)
      for (const serverId of serverIds) await stage.main.ask('synchronizations:refresh', { serverId })
  }
  const job = (): Promise<WholeJob> => stage.main.ask('jobs:get', { id })
  // The start is planned at once where it may begin, and seen in the list only later.
  const begins = vi.spyOn(stage.main.services.jobPlanner, 'planBack')
  return { stage, clock, moveOn, id, pass, round, job, begins }
}
type Scene = Awaited<ReturnType<typeof planned>>

async function ends({ stage }: Scene) {
  return (await stage.main.ask('jobs:list', {})).filter(({ kind }) => kind === 'maintenance-end')
}

/** Waits until the end has begun and is over. */
async function whenEnded(scene: Scene): Promise<WholeJob> {
  await until('the end begins', async () => (await ends(scene)).length > 0)
  const [end] = await ends(scene)
  return whenJobIs(scene.stage.main, end?.id ?? '', 'ended')
}

async function notified({ main }: JobStage, part: string): Promise<Notification[]> {
  main.services.notifications.flush()
  return (await main.ask('notifications:list', {})).filter(({ title }) => said(title).includes(part))
}

/** Nothing has been started, and the user is asked for this reason. */
async function expectAsked(scene: Scene, reason: string): Promise<void> {
  scene.stage.main.services.watching.reminder.look()
  expect(await ends(scene)).toEqual([])
  expect(writesOf(scene.stage).flat()).toEqual([])
  const [reminder, ...others] = await notified(scene.stage, 'still stopped')
  expect(others).toEqual([])
  expect(said(reminder?.text)).toContain(`It does not start by itself: ${reason}`)
  expect(said((await scene.job()).maintenance?.onlyAsks)).toBe(reason)
}

const AWAY = 'Syncdeck was not running all the time, or the computer slept.'

describe('the planned end of a maintenance', () => {
  it('starts exactly what was stopped, once all its servers have been read twice, and says so', async () => {
    const scene = await planned()
    scene.pass(59)
    await scene.round(3)
    expect(scene.begins).not.toHaveBeenCalled()
    scene.pass(1)
    await scene.round(1)
    expect(scene.begins).not.toHaveBeenCalled()
    await scene.round(1)
    expect(scene.begins).toHaveBeenCalledOnce()
    const end = await whenEnded(scene)
    expect([end.originId, end.counts.done]).toEqual([scene.id, 4])
    expect(writesOf(scene.stage).map((writes) => writes.sort())).toEqual([STARTS, STARTS])
    const [began] = await notified(scene.stage, 'after their maintenance')
    expect([said(began?.title), began?.jobId]).toEqual([
      '4 synchronizations are started after their maintenance',
      end.id,
    ])
    scene.pass(10)
    await scene.round(3)
    expect(await notified(scene.stage, 'still stopped')).toEqual([])
    expect((await scene.job()).maintenance?.onlyAsks).toBeNull()
    expect(scene.begins).toHaveBeenCalledOnce()
  })

  it('leaves alone what somebody has started, even if it was stopped again', async () => {
    const scene = await planned({ servers: 1 })
    const status = scene.stage.jiras[0]?.entry('INT-2').status
    for (const word of ['RUNNING', 'STOPPED']) {
      if (status !== undefined) status.status = word
      await scene.round()
    }
    scene.pass(60)
    await scene.round(2)
    await whenEnded(scene)
    expect(writesOf(scene.stage)).toEqual([[STARTS[1]]])
  })

  it('begins nothing, and asks nothing, if all of it runs again', async () => {
    const scene = await planned({ servers: 1 })
    for (const key of ['INT-2', 'INT-3']) {
      const status = scene.stage.jiras[0]?.entry(key).status
      if (status !== undefined) status.status = 'RUNNING'
    }
    await scene.round()
    scene.pass(60)
    await scene.round(3)
    expect(await ends(scene)).toEqual([])
    expect(await notified(scene.stage, 'still stopped')).toEqual([])
    expect((await scene.job()).maintenance?.onlyAsks).toBeNull()
  })

  it('is begun by nobody but the user if that was not confirmed', async () => {
    const scene = await planned({ startsAtEnd: false })
    scene.pass(60)
    await scene.round(4)
    expect(await ends(scene)).toEqual([])
    expect(await notified(scene.stage, 'still stopped')).toHaveLength(1)
    expect((await scene.job()).maintenance?.onlyAsks).toBeNull()
  })

  it.each([30, 60])('only asks after a restart of Syncdeck, %i minutes after the beginning', async (minutes) => {
    const scene = await planned()
    scene.pass(minutes)
    await restart(scene.stage, { clock: scene.clock })
    scene.pass(60 - minutes)
    await scene.round(4)
    await expectAsked(scene, AWAY)
  })

  it('only asks if the computer slept over it, and not if it woke before', async () => {
    const slept = await planned({ servers: 1 })
    slept.pass(50)
    slept.moveOn(11 * MINUTE_MS)
    await slept.round(4)
    await expectAsked(slept, AWAY)
    const woke = await planned({ servers: 1 })
    woke.pass(10)
    woke.moveOn(40 * MINUTE_MS)
    woke.pass(10)
    await woke.round(2)
    expect((await whenEnded(woke)).counts.done).toBe(2)
  })

  it('waits for a server that does not answer; two good readings in a row count', async () => {
    const scene = await planned()
    const [first = '', second = ''] = scene.stage.serverIds
    const { plannedEnds } = scene.stage.main.services.watching
    scene.pass(60)
    await scene.round(3, [first])
    plannedEnds.roundEnded(second, true)
    plannedEnds.roundEnded(second, false)
    expect(scene.begins).not.toHaveBeenCalled()
    plannedEnds.roundEnded(second, true)
    scene.pass(30)
    expect(scene.begins).not.toHaveBeenCalled()
    expect(await notified(scene.stage, 'still stopped')).toEqual([])
    plannedEnds.roundEnded(second, true)
    expect((await whenEnded(scene)).counts.done).toBe(4)
  })

  it('only asks if a server has not answered within an hour', async () => {
    const scene = await planned()
    scene.pass(60)
    await scene.round(3, scene.stage.serverIds.slice(0, 1))
    scene.pass(61)
    await scene.round(3)
    await expectAsked(scene, 'Its servers did not answer twice in a row within an hour.')
  })

  it('only asks if a server may be a copy of another Jira', async () => {
    const scene = await planned()
    const [, second = ''] = scene.stage.serverIds
    const { copyGuard } = scene.stage.main.services
    copyGuard.heardServerInfo(second, JSON.stringify({ baseUrl: 'https://elsewhere.example' }))
    expect(copyGuard.of(second)?.state).toBe('question')
    scene.pass(60)
    await scene.round(3)
    await expectAsked(scene, 'Server 2 may be a copy of another Jira.')
  })

  it('only asks if a server turns out to be a copy while the start is being planned', async () => {
    const scene = await planned({ servers: 1 })
    const [only = ''] = scene.stage.serverIds
    const { copyGuard, watching } = scene.stage.main.services
    scene.pass(60)
    await scene.round(1)
    watching.plannedEnds.roundEnded(only, true)
    copyGuard.heardServerInfo(only, JSON.stringify({ baseUrl: 'https://elsewhere.example' }))
    await until('it is known why', async () => (await scene.job()).maintenance?.onlyAsks !== null)
    await expectAsked(scene, 'Server 1 may be a copy of another Jira.')
  })

  it('only asks if a server is at another address by then, which may be another Jira’s', async () => {
    const scene = await planned()
    const [only = ''] = scene.stage.serverIds
    const other = await startJira({ synchronizations: 3, seed: 1, embedsStatus: true })
    const credential = { kind: 'basic', user: 'admin', secret: 'admin' } as const
    const input = serverInput(other, { name: 'Server 1' })
    await scene.stage.main.ask('servers:update', { serverId: only, input, credential })
    scene.pass(60)
    await scene.round(3)
    await expectAsked(scene, 'The address of Server 1 has been changed since this was planned.')
  })

  it('only asks if the job that stops has not ended by then', async () => {
    const { clock, moveOn } = movableClock()
    const stage = await jobStage({ servers: 1, each: 3 }, { clock })
    const { id } = await stage.main.ask('jobs:plan-maintenance', { targets: [...stage.refs] })
    const end = clock.now() + 4 * MINUTE_MS
    await stage.main.ask('jobs:begin', { id, maintenance: { why: '', until: end, startsAtEnd: true } })
    await stage.main.ask('jobs:pause', { id })
    moveOn(4 * MINUTE_MS)
    stage.main.services.watching.plannedEnds.look()
    const { maintenance } = await stage.main.ask('jobs:get', { id })
    expect(said(maintenance?.onlyAsks)).toBe('The job that stops had not ended by then.')
  })

  it('is nothing without a time', async () => {
    const { main, refs } = await jobStage({ servers: 1, each: 2 })
    const { id } = await main.ask('jobs:plan-maintenance', { targets: [...refs] })
    await main.ask('jobs:begin', { id, maintenance: { why: 'new hardware', until: null, startsAtEnd: true } })
    expect((await main.ask('jobs:get', { id })).maintenance?.startsAtEnd).toBe(false)
  })
})
