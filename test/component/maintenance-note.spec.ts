import { message } from '../../src-contract/messages/message.ts'
import { flushPromises } from '@vue/test-utils'
import { expect, it, onTestFinished } from 'vitest'
import type { RequestArgs } from '../../src-contract/contract.ts'
import type { WholeJob } from '../../src-contract/jobs.ts'
import JobsView from '../../src-renderer/jobs/JobsView.vue'
import { useJobs } from '../../src-renderer/jobs/jobs.ts'
import { useServers } from '../../src-renderer/servers/servers.ts'
import { speak } from '../../src-renderer/text/t.ts'
import { listed, wholeJob } from '../support/job-views.ts'
import { fieldOf, server, show, stubBridge, type } from './support.ts'

type Begin = (args: RequestArgs<'jobs:begin'>) => undefined

/** The page of a job on a test server, and what begins were asked for. */
async function pageOf(job: WholeJob, begin: Begin = () => undefined) {
  const begun: RequestArgs<'jobs:begin'>[] = []
  stubBridge({
    'jobs:get': () => job,
    'jobs:begin': (args) => {
      begun.push(args)
      return begin(args)
    },
  })
  show(JobsView, {}, () => {
    useServers().replace([server()])
    useJobs().replace([listed(job)])
    useJobs().show(job.id)
  })
  await flushPromises()
  return begun
}

const at = (name: string): HTMLElement | null => document.querySelector(`[data-test="${name}"]`)

async function press(name: string): Promise<void> {
  at(name)?.click()
  await flushPromises()
}

it('goes along when a maintenance begins; the planned end is of the user’s zone', async () => {
  const begun = await pageOf(wholeJob())
  await type('Reason', 'new hardware')
  await type('Planned end', '2026-11-30T14:00')
  await press('begin-job')
  expect(begun).toEqual([
    {
      id: 'j1',
      typed: '',
      maintenance: { why: 'new hardware', until: new Date(2026, 10, 30, 14).getTime(), startsAtEnd: false },
    },
  ])
})

it('the planned end is typed and said back in the user’s language', async () => {
  speak('de', ['de-AT'])
  onTestFinished(() => speak('en', []))
  const begun = await pageOf(wholeJob())
  await type('Geplantes Ende', '1.12.2031, 14:05')
  expect(at('maintenance-note')?.textContent).toContain('Montag, 1. Dezember 2031 um 14:05')
  await press('begin-job')
  expect(begun[0]?.maintenance?.until).toBe(new Date(2031, 11, 1, 14, 5).getTime())
})

it('needs nothing typed', async () => {
  const begun = await pageOf(wholeJob())
  await press('begin-job')
  expect(begun[0]?.maintenance).toEqual({ why: '', until: null, startsAtEnd: false })
})

it('is asked for in no other job', async () => {
  await pageOf(wholeJob({ kind: 'maintenance-end' }))
  expect(at('job-review')).not.toBeNull()
  expect(at('maintenance-note')).toBeNull()
})

it('an incomplete date is reported at the field, and nothing begins', async () => {
  const begun = await pageOf(wholeJob())
  const field = fieldOf('Planned end')
  await type('Planned end', '31.2.2026')
  expect(at('maintenance-note')?.querySelector('[role="alert"]'), 'while it is typed').toBeNull()
  field.dispatchEvent(new Event('blur'))
  await flushPromises()
  expect(at('maintenance-note')?.querySelector('[role="alert"]')?.textContent).toBe(
    'Enter a date and a time, or only a time.',
  )
  await press('begin-job')
  expect(begun).toEqual([])
})

it('what main rejects is reported at the field only, until another is typed', async () => {
  const problem = 'The planned end must be in the future.'
  await pageOf(wholeJob(), () => {
    throw Object.assign({}, { code: 'input.invalid', message: problem, fields: { 'maintenance.until': problem } })
  })
  await type('Planned end', '2020-01-01T00:00')
  await press('begin-job')
  const alerts = [...document.querySelectorAll('[role="alert"]')]
  expect(alerts.map(({ textContent }) => textContent)).toEqual([problem])
  await type('Planned end', '2030-01-01T00:00')
  expect(at('maintenance-note')?.querySelector('[role="alert"]')).toBeNull()
})

it('is shown on the page of its job, with the users of its servers', async () => {
  const note = {
    why: 'new hardware',
    until: null,
    users: ['admin', 'jane'],
    remindedAt: null,
    startsAtEnd: false,
    onlyAsks: null,
  }
  await pageOf(wholeJob({ state: 'ended', begunAt: 1, endedAt: 2, maintenance: note }))
  expect(at('job-facts')?.textContent).toContain('Maintenance: new hardware · noted by admin, jane')
})

it('its end begins by itself only if that is chosen, which takes a time, and says what will be sent', async () => {
  const begun = await pageOf(wholeJob())
  const box = (): HTMLElement | null => at('starts-at-end')
  expect(box()?.getAttribute('aria-disabled') ?? box()?.className).toMatch(/true|disabled/)
  await type('Planned end', '2030-01-01T14:00')
  box()?.click()
  await flushPromises()
  expect(at('starts-at-end-hint')?.textContent).toContain('PUT …/start is then sent for each of the')
  await press('begin-job')
  expect(begun[0]?.maintenance).toMatchObject({ startsAtEnd: true })
})

it.each([
  [null, null, 'At the planned end, what this stopped is started automatically'],
  [
    message('jobs.onlyAsks.late'),
    3,
    'It does not start by itself: Its servers did not answer twice in a row within an hour.',
  ],
  [null, 3, ''],
])('the page of its job says what becomes of the planned end: %j, asked at %s', async (onlyAsks, remindedAt, words) => {
  const note = { why: 'new hardware', until: 3, users: [], remindedAt, startsAtEnd: true, onlyAsks }
  await pageOf(wholeJob({ state: 'ended', begunAt: 1, endedAt: 2, maintenance: note }))
  const facts = at('job-facts')?.textContent ?? ''
  if (words === '') expect(facts).not.toMatch(/by itself|automatically/)
  else expect(facts).toContain(words)
})
