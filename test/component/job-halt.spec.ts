import { flushPromises } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import type { JobState, WholeJob } from '../../src-contract/jobs.ts'
import { CELLS } from '../../src-contract/monitoring.ts'
import { foreign, message, type Message } from '../../src-contract/messages/message.ts'
import StatusBar from '../../src-renderer/app/StatusBar.vue'
import TitleBar from '../../src-renderer/app/TitleBar.vue'
import TroubleBanner from '../../src-renderer/app/TroubleBanner.vue'
import JobsView from '../../src-renderer/jobs/JobsView.vue'
import { adviceOf, canAskFor, needsOf } from '../../src-renderer/jobs/job-halt.ts'
import { useJobs } from '../../src-renderer/jobs/jobs.ts'
import { useNotifications } from '../../src-renderer/notifications/notifications.ts'
import OverviewView from '../../src-renderer/overview/OverviewView.vue'
import { useServers } from '../../src-renderer/servers/servers.ts'
import { useNavigation } from '../../src-renderer/ui/navigation.ts'
import { listed, rotation, step, target, wholeJob } from '../support/job-views.ts'
import { server, show, stubBridge, type, type AnswerTo } from './support.ts'

const ASKS = [
  { user: 'jira-sync', baseUrl: 'https://partner.example' },
  { user: 'local', baseUrl: 'https://vienna.example' },
]
const CHANGE = message('jobs.halt.change', { user: 'jira-sync' })
const password = (state: JobState, halt: Message | null, more: Partial<WholeJob> = {}): WholeJob =>
  wholeJob({
    kind: 'new-password',
    about: { user: 'Jira-Sync', baseUrls: ['https://partner.example'] },
    state,
    halt,
    asks: ASKS,
    begunAt: 1000,
    targets: [target({ steps: rotation({ outcome: 'done', begunAt: 1, endedAt: 2 }) })],
    ...more,
  })

async function open(job: WholeJob, goOn: AnswerTo<'jobs:go-on'> = () => undefined) {
  const asked = stubBridge({ 'jobs:get': () => job, 'jobs:go-on': goOn })
  const view = show(JobsView, {}, () => {
    useServers().replace([server()])
    useJobs().replace([listed(job)])
    useJobs().show(job.id)
  })
  await flushPromises()
  const sent = (): unknown[] => asked.filter(({ channel }) => channel !== 'jobs:get')
  const at = (name: string) => view.get<HTMLButtonElement>(`[data-test=${name}]`)
  const fields = (): HTMLInputElement[] => [
    ...document.querySelectorAll<HTMLInputElement>('[data-test=job-halt] input'),
  ]
  return { view, sent, at, fields }
}

describe('the passwords that a halted job needs', () => {
  const refused = message('jobs.halt.logIn', { ...(ASKS[0] ?? {}), reason: foreign('No.') })

  it.each([
    ['all of them, when it is time to change it', password('paused', CHANGE), ASKS, false],
    ['all of them after a restart: they were in memory alone', password('interrupted', null), ASKS, false],
    ['the one that was refused', password('paused', refused), ASKS.slice(0, 1), true],
    [
      'none, but maybe others, where a log-in may have been refused',
      password('paused', message('jobs.halt.refused')),
      [],
      true,
    ],
    ['none where no connection is updated next', password('paused', null, { asks: [] }), [], false],
  ])('are %s', (_what, job, needed, isMore) => {
    expect(needsOf(job)).toEqual(needed)
    expect(canAskFor(job)).toBe(isMore)
  })

  it('are asked once for each user and address, and are gone from their fields when sent', async () => {
    const { sent, at, fields } = await open(password('paused', CHANGE))
    expect(fields().map(({ type: kind }) => kind)).toEqual(['password', 'password'])
    expect(at('go-on').element.disabled).toBe(true)
    await type('New password of jira-sync on https://partner.example', 'new "one"')
    await type('Password of local on https://vienna.example', 'other')
    await at('job-halt').trigger('submit')
    await flushPromises()
    expect(sent()).toEqual([
      {
        channel: 'jobs:go-on',
        args: {
          id: 'j1',
          passwords: [
            { ...ASKS[0], password: 'new "one"' },
            { ...ASKS[1], password: 'other' },
          ],
        },
      },
    ])
    expect(fields().map(({ value }) => value)).toEqual(['', ''])
  })

  it('are new only on the Jira that the job is about: a user of that name elsewhere keeps its own', async () => {
    const asks = [...ASKS.slice(0, 1), { user: 'jira-sync', baseUrl: 'https://elsewhere.example' }]
    const { view } = await open(password('paused', CHANGE, { asks }))
    expect(view.findAll('[data-test=job-halt] label').map((label) => label.text())).toEqual([
      'New password of jira-sync on https://partner.example',
      'Password of jira-sync on https://elsewhere.example',
    ])
  })

  it('are not sent while one is missing', async () => {
    const { sent, at } = await open(password('paused', CHANGE))
    await type('New password of jira-sync on https://partner.example', 'new')
    await at('job-halt').trigger('submit')
    expect(sent()).toEqual([])
  })

  it('others can be entered where one that was given may be wrong; what is left empty is not sent', async () => {
    const { sent, at, fields } = await open(password('paused', message('jobs.halt.refused')))
    expect(fields()).toEqual([])
    await at('other-passwords').trigger('click')
    await type('New password of jira-sync on https://partner.example', 'right')
    await at('job-halt').trigger('submit')
    expect(sent()).toEqual([
      { channel: 'jobs:go-on', args: { id: 'j1', passwords: [{ ...ASKS[0], password: 'right' }] } },
    ])
  })

  it('a refusal to continue is shown, and no password stays in a field', async () => {
    const { view, at, fields } = await open(password('paused', CHANGE), () => {
      throw Object.assign({}, { code: 'input.invalid', message: 'Another job has some of these.' })
    })
    await type('New password of jira-sync on https://partner.example', 'new')
    await type('Password of local on https://vienna.example', 'other')
    await at('job-halt').trigger('submit')
    await flushPromises()
    expect(view.get('[data-test=job-halt] [role=alert]').text()).toContain('Another job has some of these.')
    expect(fields().map(({ value }) => value)).toEqual(['', ''])
  })
})

describe('a halted job', () => {
  it('says why and what can be done', async () => {
    const { view } = await open(wholeJob({ state: 'paused', halt: message('jobs.halt.failures', { count: 3 }) }))
    expect(view.get('[data-test=job-halt]').text()).toMatch(/3 in a row failed\..*Read below what the servers said/s)
  })

  it('a reason without its own advice still says that nothing is sent', () => {
    expect(adviceOf({ halt: foreign('The disk is full.') })).toBe('Nothing else is sent until you continue.')
    expect(adviceOf({ halt: null })).toBe('')
  })

  it('can be ended, with the names of what is left as it is', async () => {
    const { sent, at } = await open(wholeJob({ state: 'paused', targets: [target(), target({ key: 'INT-3' })] }))
    await at('end-job').trigger('click')
    await flushPromises()
    expect(document.querySelector('[data-test=confirm-job]')?.textContent).toMatch(/2 synchronizations.*INT-2.*INT-3/s)
    expect(sent()).toEqual([])
    document.querySelector<HTMLElement>('[data-test=confirm]')?.click()
    await flushPromises()
    expect(sent()).toEqual([{ channel: 'jobs:end', args: { id: 'j1' } }])
  })

  it.each([
    ['running', ['pause-job', 'end-job']],
    ['paused', ['end-job', 'job-back', 'export-job-html', 'export-job-csv', 'export-job-json']],
    ['interrupted', ['end-job', 'job-back', 'export-job-html', 'export-job-csv', 'export-job-json']],
    ['ended', ['retry-job', 'job-back', 'export-job-html', 'export-job-csv', 'export-job-json', 'forget-job']],
  ] as const)('one that is %s offers what can be done with it', async (state, names) => {
    const done = target({ steps: [step('stop', { outcome: 'done', begunAt: 1, endedAt: 2 })] })
    const failed = target({ key: 'INT-3', steps: [step('stop', { outcome: 'failed' })] })
    const { view } = await open(wholeJob({ state, begunAt: 1, targets: [done, failed] }))
    const offered = view.findAll('[role=toolbar] button').map((button) => button.attributes('data-test'))
    expect(offered).toEqual(names)
  })

  it('is shown above the table, in the status bar and on the start page, and leads to its page', async () => {
    const unread = Array.from({ length: CELLS }, () => null)
    stubBridge({ 'history:counts': () => ({ error: unread, attention: unread }) })
    const job = listed(wholeJob({ state: 'interrupted', halt: message('jobs.halt.interrupted') }))
    const prepare = (): void => {
      useServers().replace([server()])
      useJobs().replace([job])
      useNavigation().view = 'synchronizations'
    }
    const banner = show(TroubleBanner, {}, prepare)
    expect(banner.get('[data-test=job-notice]').text()).toContain(
      'Stop for maintenance is waiting for you: Syncdeck quit while this job was running.',
    )
    await banner.get('[data-test=open-waiting-job]').trigger('click')
    expect([useNavigation().view, useJobs().openedId]).toEqual(['jobs', 'j1'])
    const bar = show(StatusBar, { areTasksOpen: false }, prepare)
    expect(bar.get('[data-test=job-status]').text()).toBe('1 job waiting for you')
    const start = show(OverviewView, {}, prepare)
    expect(start.get('[data-test=overview-needs]').text()).toContain('Stop for maintenance is waiting for you')
    expect(start.find('[data-test=overview-well]').exists()).toBe(false)
  })
})

it.each([
  { what: 'leads to it', jobId: 'j2', leadsTo: 'j2' },
  { what: 'that was forgotten leads to the one that waits', jobId: 'gone', leadsTo: 'j1' },
  { what: 'among others leads to the one that waits', jobId: null, leadsTo: 'j1' },
])('a notification about a job $what', async ({ jobId, leadsTo }) => {
  stubBridge()
  const bar = show(TitleBar, {}, () => {
    useServers().replace([server()])
    useJobs().replace([listed(wholeJob({ state: 'paused', halt: CHANGE })), listed(wholeJob({ id: 'j2' }))])
    useNotifications().replace([
      {
        id: 1,
        at: 1,
        kind: 'job',
        tone: 'attention',
        title: foreign('It waits'),
        text: null,
        items: [],
        jobId,
        isRead: false,
      },
    ])
    useNavigation().areNotificationsOpen = true
  })
  await flushPromises()
  document.querySelector<HTMLElement>('[data-test=notification] button')?.click()
  await flushPromises()
  expect([useNavigation().view, useJobs().openedId, useNavigation().areNotificationsOpen]).toEqual([
    'jobs',
    leadsTo,
    false,
  ])
  useJobs().replace([])
  useJobs().showWaiting()
  expect(useJobs().openedId).toBeNull()
  bar.unmount()
})
