import { flushPromises } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { describe, expect, it, vi } from 'vitest'
import { foreign, message } from '../../src-contract/messages/message.ts'
import SideRail from '../../src-renderer/app/SideRail.vue'
import JobsView from '../../src-renderer/jobs/JobsView.vue'
import { phasesOf } from '../../src-renderer/jobs/job-phases.ts'
import { inOrder, stepText, timeText, resultText } from '../../src-renderer/jobs/job-targets.ts'
import { countsText, stateText, toneOf } from '../../src-renderer/jobs/job-words.ts'
import { useJobs } from '../../src-renderer/jobs/jobs.ts'
import { useServers } from '../../src-renderer/servers/servers.ts'
import { listed, rotation, step, target, wholeJob } from '../support/job-views.ts'
import { server, show, stubBridge } from './support.ts'

const DONE = { outcome: 'done', begunAt: 1000, endedAt: 3000 } as const

describe('the store', () => {
  it('has the newest first, and counts those that run and those that wait for the user', () => {
    setActivePinia(createPinia())
    const jobs = useJobs()
    jobs.replace([
      listed(wholeJob({ id: 'old', state: 'ended', plannedAt: 1 })),
      listed(wholeJob({ id: 'runs', state: 'running', plannedAt: 2 })),
    ])
    jobs.apply({
      put: [
        listed(wholeJob({ id: 'paused', state: 'paused', plannedAt: 3 })),
        listed(wholeJob({ id: 'interrupted', state: 'interrupted', plannedAt: 4 })),
        listed(wholeJob({ id: 'plan', plannedAt: 5 })),
      ],
      removedIds: ['old'],
    })
    expect(jobs.all.map(({ id }) => id)).toEqual(['plan', 'interrupted', 'paused', 'runs'])
    expect(jobs.waiting.map(({ id }) => id)).toEqual(['interrupted', 'paused'])
    expect(jobs.openCount).toBe(3)
  })

  it('leaves the page of a job that is forgotten', () => {
    setActivePinia(createPinia())
    const jobs = useJobs()
    jobs.replace([listed(wholeJob())])
    jobs.show('j1')
    expect(jobs.opened?.id).toBe('j1')
    jobs.apply({ put: [], removedIds: ['j1'] })
    expect(jobs.opened).toBeUndefined()
  })
})

describe('the words of a job', () => {
  it('counts what needs a look first', () => {
    const targets = [
      target({ steps: [step('stop', DONE)] }),
      target({ key: 'INT-3', steps: [step('stop', { outcome: 'failed' })] }),
      target({ key: 'INT-4', leftOut: message('jobs.leftOut.stopped'), steps: [] }),
    ]
    expect(countsText(wholeJob({ targets }).counts)).toBe('1 failed · 1 done · 1 left out')
  })

  it('a job that halted waits for the user, and one that the user paused is paused', () => {
    const paused = wholeJob({ state: 'paused' })
    expect(stateText(paused)).toBe('paused')
    expect(stateText({ ...paused, halt: message('jobs.halt.passwords') })).toBe('waiting for you')
  })

  it('one that ended with failures does not look as one that went well', () => {
    const failed = wholeJob({ state: 'ended', targets: [target({ steps: [step('stop', { outcome: 'unknown' })] })] })
    expect([stateText(failed), toneOf(failed)]).toEqual(['ended, with failures', 'bad'])
    const well = wholeJob({ state: 'ended', targets: [target({ steps: [step('stop', DONE)] })] })
    expect([stateText(well), toneOf(well)]).toEqual(['ended', 'good'])
    const left = wholeJob({ state: 'ended', targets: [target({ steps: [step('stop', { outcome: 'left' })] })] })
    expect(toneOf(left)).toBe('idle')
  })
})

describe('the targets', () => {
  it('those that need a look come first, those left out last, and the others do not move', () => {
    const targets = [
      target({ key: 'done', steps: [step('stop', DONE)] }),
      target({ key: 'out', leftOut: message('jobs.leftOut.busy'), steps: [] }),
      target({ key: 'under-way', steps: [step('stop', { outcome: 'under-way', begunAt: 1 })] }),
      target({ key: 'waits' }),
      target({ key: 'unknown', steps: [step('stop', { outcome: 'unknown' })] }),
      target({ key: 'failed', steps: [step('stop', { outcome: 'failed' })] }),
    ]
    expect(inOrder(targets).map(({ key }) => key)).toEqual(['failed', 'unknown', 'done', 'under-way', 'waits', 'out'])
  })

  it.each([
    ['that waits', target(), 'waiting', '', ''],
    [
      'being stopped',
      target({ steps: [step('stop', { outcome: 'under-way', begunAt: 1000 })] }),
      'stopping',
      '',
      '0:09',
    ],
    ['half through', target({ steps: rotation(DONE) }), '1 of 3', 'Stopped', '0:02'],
    [
      'of which the server said something',
      target({ steps: [step('stop', { ...DONE, result: foreign('The task has ended.') })] }),
      '1 of 1',
      'The task has ended.',
      '0:02',
    ],
    [
      'that failed',
      target({ steps: [step('stop', { ...DONE, outcome: 'failed', result: foreign('No right.') })] }),
      '0 of 1',
      'No right.',
      '0:02',
    ],
    [
      'of which nobody knows',
      target({ steps: [step('stop', { ...DONE, outcome: 'unknown' })] }),
      '0 of 1',
      'Outcome unknown: Not stopped',
      '0:02',
    ],
    [
      'that is left out',
      target({ leftOut: message('jobs.leftOut.stopped'), steps: [] }),
      '',
      'It is already stopped.',
      '',
    ],
  ])('one %s says so', (_what, one, stepWords, told, time) => {
    expect([stepText(one), resultText(one), timeText(one, 10_000)]).toEqual([stepWords, told, time])
  })
})

describe('the rows of what a job does', () => {
  const stopped = target({
    key: 'INT-3',
    serverId: 's2',
    serverName: 'Graz',
    before: { ...target().before, state: 'STOPPED' },
    steps: [
      step('update', { phase: 1 }),
      step('stop', { phase: 1, isOnlyIfRefused: true }),
      step('stop', { phase: 1 }),
    ],
  })
  const job = wholeJob({
    kind: 'new-password',
    about: { user: 'jira-sync', baseUrls: ['https://partner.example'] },
    targets: [target({ steps: rotation() }), stopped],
  })
  const rows = (of: typeof job) =>
    phasesOf(of).map(({ id, progress: { over, total, state } }) => [id, over, total, state])

  it('are what is sent, in its order, and what the user does in between', () => {
    expect(rows(job)).toEqual([
      ['0-plain-stop', 0, 1, 'waiting'],
      ['yours', 0, 1, 'waiting'],
      ['1-plain-update', 0, 2, 'waiting'],
      ['1-again-stop', 0, 1, 'waiting'],
      ['1-plain-start', 0, 1, 'waiting'],
    ])
  })

  it('say when it is the user’s turn, and that it was', () => {
    const asked = {
      ...job,
      state: 'paused' as const,
      asks: [{ user: 'jira-sync', baseUrl: 'https://partner.example' }],
    }
    expect(rows(asked)[1]).toEqual(['yours', 0, 1, 'under-way'])
    const [first] = job.targets
    const steps = first?.steps.map((one) => (one.name === 'update' ? { ...one, ...DONE } : one)) ?? []
    expect(rows({ ...asked, targets: [target({ steps }), stopped] })[1]).toEqual(['yours', 1, 1, 'done'])
  })

  it('a request that only a refused log-in leads to has a row once it was sent', () => {
    const steps = rotation().map((one, at) => (at === 2 ? { ...one, ...DONE } : one))
    expect(rows({ ...job, targets: [target({ steps })] }).at(-1)).toEqual(['1-guard-stop', 1, 1, 'done'])
  })

  it('one with a failure says so when nothing of it is under way', () => {
    const failed = target({ steps: [step('stop', { outcome: 'failed' })] })
    const busy = target({ key: 'INT-3', steps: [step('stop', { outcome: 'under-way' })] })
    expect(rows(wholeJob({ targets: [failed, target({ key: 'INT-3' })] }))[0]?.at(-1)).toBe('failed')
    expect(rows(wholeJob({ targets: [failed, busy] }))[0]?.at(-1)).toBe('under-way')
  })
})

describe('the view', () => {
  it('without jobs says what they are for', async () => {
    stubBridge()
    const view = show(JobsView, {})
    await flushPromises()
    expect(view.get('[data-test=no-jobs]').text()).toContain('you review every request before it is sent')
  })

  it('lists kind, state and counts, and leads to the page and back, with the focus', async () => {
    const job = wholeJob({ state: 'running', begunAt: Date.now() - 5000 })
    stubBridge({ 'jobs:get': () => job })
    const view = show(JobsView, {}, () => useJobs().replace([listed(job)]))
    expect(view.get('[data-test=job]').text()).toMatch(/Stop for maintenance.*1 to do.*running · 0:0/s)
    await view.get('[data-test=job]').trigger('click')
    await flushPromises()
    expect(document.activeElement?.tagName).toBe('H1')
    expect(view.get('[aria-current=step]').text()).toContain('Run')
    await view.get('[data-test=all-jobs]').trigger('click')
    expect(document.activeElement?.getAttribute('data-job')).toBe('j1')
  })

  it('a page names what runs on which servers, and the outcome of each', async () => {
    const failed = target({ key: 'INT-9', steps: [step('stop', { outcome: 'failed', result: foreign('No right.') })] })
    const job = wholeJob({ state: 'ended', begunAt: 1000, endedAt: 61_000, targets: [target(), failed] })
    stubBridge({ 'jobs:get': () => job })
    const view = show(JobsView, {}, () => {
      useServers().replace([server()])
      useJobs().replace([listed(job)])
      useJobs().show('j1')
    })
    await flushPromises()
    expect(view.get('[data-test=job-facts]').text()).toContain('2 synchronizations on 1 server')
    expect(view.get('[data-test=job-state]').text()).toBe('ended, with failures · 1:00')
    const keys = view.findAll('[data-test^=target-]').map((row) => row.attributes('data-test'))
    expect(keys).toEqual(['target-INT-9', 'target-INT-2'])
    expect(view.get('[data-test=target-INT-9]').text()).toContain('No right.')
  })

  it('of a thousand targets only those in sight are rendered', async () => {
    const targets = Array.from({ length: 1000 }, (_, at) => target({ key: `INT-${at}` }))
    const job = wholeJob({ state: 'running', targets })
    stubBridge({ 'jobs:get': () => job })
    const view = show(JobsView, {}, () => {
      useJobs().replace([listed(job)])
      useJobs().show('j1')
    })
    await flushPromises()
    expect(view.findAll('[data-test^=target-]').length).toBeLessThan(60)
    expect(view.get('[data-test=job-targets]').attributes('aria-rowcount')).toBe('1001')
  })

  it('reads a job again when it has changed, one reading at a time, and always the last change', async () => {
    vi.useFakeTimers()
    const waiting: (() => void)[] = []
    let state: 'running' | 'ended' = 'running'
    const asked = stubBridge({
      'jobs:get': () => new Promise((resolve) => waiting.push(() => resolve(wholeJob({ state })))),
    })
    const view = show(JobsView, {}, () => {
      useJobs().replace([listed(wholeJob({ state: 'running' }))])
      useJobs().show('j1')
    })
    const readings = (): number => asked.filter(({ channel }) => channel === 'jobs:get').length
    for (let change = 0; change < 20; change += 1) {
      useJobs().apply({ put: [listed(wholeJob({ state: 'running', begunAt: change }))], removedIds: [] })
      await vi.advanceTimersByTimeAsync(10)
    }
    expect(readings()).toBe(1)
    state = 'ended'
    waiting.shift()?.()
    await vi.advanceTimersByTimeAsync(10)
    expect(readings()).toBe(1)
    await vi.advanceTimersByTimeAsync(2000)
    expect(readings()).toBe(2)
    view.unmount()
    await vi.advanceTimersByTimeAsync(5000)
    expect(readings()).toBe(2)
  })
})

it('the rail counts what is open, and says how many wait for the user', () => {
  stubBridge()
  const rail = show(SideRail, {}, () => {
    useServers().replace([server()])
    useJobs().replace([
      listed(wholeJob({ id: 'a', state: 'running' })),
      listed(wholeJob({ id: 'b', state: 'interrupted' })),
      listed(wholeJob({ id: 'c', state: 'ended' })),
    ])
  })
  expect(rail.get('[data-test=open-jobs]').text()).toBe('2')
  expect(rail.get('[data-test=waiting-jobs]').text()).toBe('1 waiting')
})
