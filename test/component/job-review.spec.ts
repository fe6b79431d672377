import { flushPromises } from '@vue/test-utils'
import { expect, it, onTestFinished } from 'vitest'
import { foreign, message } from '../../src-contract/messages/message.ts'
import type { WholeJob } from '../../src-contract/jobs.ts'
import JobsView from '../../src-renderer/jobs/JobsView.vue'
import { reviewLines, serversOf, type ReviewLine } from '../../src-renderer/jobs/job-review.ts'
import { useJobs } from '../../src-renderer/jobs/jobs.ts'
import { useServers } from '../../src-renderer/servers/servers.ts'
import { speak } from '../../src-renderer/text/t.ts'
import { listed, rotation, step, target, wholeJob } from '../support/job-views.ts'
import { server, show, stubBridge, type, type AnswerTo } from './support.ts'

const stopped = target({
  key: 'INT-3',
  summary: 'Another',
  serverId: 's2',
  serverName: 'Graz',
  before: { ...target().before, state: 'STOPPED' },
  steps: [
    step('update', { phase: 1, path: '/integrations/INT-3/applicationConnection' }),
    step('stop', { phase: 1, path: '/integrations/INT-3/stop', isOnlyIfRefused: true }),
    step('stop', { phase: 1, path: '/integrations/INT-3/stop' }),
  ],
})
const password = wholeJob({
  kind: 'new-password',
  about: { user: 'jira-sync', baseUrls: ['https://partner.example'] },
  targets: [target({ steps: rotation() }), stopped],
})

const told = (line: ReviewLine): string => {
  switch (line.kind) {
    case 'requests':
      return `${line.serverName}: ${line.count} × ${line.request}`
    case 'request':
      return `  ${line.target.key}: ${line.before} → ${line.after}`
    case 'change':
      return `    ${line.field}: ${line.text}`
    case 'by-hand':
      return `${line.count} by hand`
    case 'hand-work':
      return `  ${line.target.key}, ${line.part}: ${line.was}`
    case 'left-out':
      return `${line.count} left out: ${line.reason}`
    case 'not-sent':
      return `  ${line.target.key}`
  }
}

it('every request is listed, by what it does and by server, with what it changes', () => {
  expect(reviewLines(password.targets).map(told)).toEqual([
    'Vienna: 1 × PUT /integrations/…/stop',
    '  INT-2: running → stopped',
    'Vienna: 1 × PUT /integrations/…/applicationConnection',
    '  INT-2: stopped → running, with the new connection',
    'Graz: 1 × PUT /integrations/…/applicationConnection',
    '  INT-3: stopped → running, with the new connection',
    'Graz: 1 × PUT /integrations/…/stop',
    '  INT-3: running, with the new connection → stopped',
    'Vienna: 1 × PUT /integrations/…/start',
    '  INT-2: running, with the new connection → running',
    'Vienna: 2 × PUT /integrations/…/stop',
    '  INT-2: does not reach a side → stopped',
    '  INT-2: does not reach a side → stopped',
    'Graz: 1 × PUT /integrations/…/stop',
    '  INT-3: does not reach a side → stopped',
  ])
})

it('a copy is listed with its whole body, and with what is left to be done by hand', () => {
  const sides = ['firstConnector', 'secondConnector'] as const
  const copied = target({
    changes: [
      { field: 'summary', from: 'Agile', to: 'Agile' },
      { field: 'description', from: '', to: '' },
      ...sides.flatMap((side) => [
        { field: `${side}.projectKey`, from: 'AP', to: 'XP' } as const,
        {
          field: `${side}.connection.application.baseUrl`,
          from: 'https://a.example',
          to: 'https://b.example',
        } as const,
        { field: `${side}.connection.application.user`, from: 'sync', to: 'sync' } as const,
      ]),
    ],
    copy: {
      serverId: 's2',
      serverName: 'Graz',
      key: null,
      byHand: [
        { side: 'first', part: 'fieldMappings', was: '[1]' },
        { side: 'second', part: 'newPart', was: '{}' },
      ],
    },
    steps: [step('create', { path: '/integrations' })],
  })
  const { copy } = copied
  const out = target({ key: 'INT-4', copy, steps: [], leftOut: message('jobs.leftOut.sameServer') })
  expect(reviewLines([copied, out]).map(told)).toEqual([
    'Graz: 1 × POST /integrations',
    '  INT-2: not there → created, not started',
    '    Name: Agile, unchanged',
    '    Description: empty, unchanged',
    '    First side: project key: AP → XP',
    '    First side: base URL: https://a.example → https://b.example',
    '    First side: sync user: sync, unchanged',
    '    Password of first side: as you enter it',
    '    Second side: project key: AP → XP',
    '    Second side: base URL: https://a.example → https://b.example',
    '    Second side: sync user: sync, unchanged',
    '    Password of second side: as you enter it',
    '1 by hand',
    '  INT-2, First side: field mappings: [1]',
    '  INT-2, Second side: newPart: {}',
    '1 left out: It is already on this server.',
    '  INT-4',
  ])
  expect(serversOf([copied], new Map([['s2', server({ environment: 'production' })]]), 'production')).toEqual({
    names: 'Graz (1)',
    count: 1,
  })
})

it('no line is there twice, so that none is left out of the list', () => {
  const ids = reviewLines(password.targets).map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
})

it('reasons are compared by their codes: neither equal words nor another language group them differently', () => {
  const targets = [
    target({ key: 'INT-4', leftOut: message('jobs.leftOut.stopped'), steps: [] }),
    target({ key: 'INT-5', leftOut: foreign('It is already stopped.'), steps: [] }),
  ]
  const english = reviewLines(targets)
  expect(english.map(told)).toEqual([
    '1 left out: It is already stopped.',
    '  INT-4',
    '1 left out: It is already stopped.',
    '  INT-5',
  ])
  speak('de', [])
  onTestFinished(() => speak('en', []))
  const german = reviewLines(targets)
  expect(told(german[0] as ReviewLine)).not.toBe(told(english[0] as ReviewLine))
  expect(german.map(({ id }) => id)).toEqual(english.map(({ id }) => id))
})

it('what is left out is listed by its reason', () => {
  const out = (key: string, reason: 'busy' | 'stopped') =>
    target({ key, leftOut: message(`jobs.leftOut.${reason}`), steps: [] })
  const lines = reviewLines([out('INT-4', 'busy'), target(), out('INT-5', 'stopped'), out('INT-6', 'busy')])
  expect(lines.slice(2).map(told)).toEqual([
    '2 left out: A task for it is still running.',
    '  INT-4',
    '  INT-6',
    '1 left out: It is already stopped.',
    '  INT-5',
  ])
})

it('a key with signs of an address is one segment of it', () => {
  const odd = target({ key: 'A/B', steps: [step('stop', { path: '/integrations/A%2FB/stop' })] })
  expect(reviewLines([odd]).map(told)[0]).toBe('Vienna: 1 × PUT /integrations/…/stop')
})

it('production is named with its numbers, without what is left out', () => {
  const servers = new Map([
    ['s1', server({ environment: 'production' })],
    ['s2', server({ id: 's2' })],
  ])
  const targets = [target(), target({ key: 'INT-9' }), target({ leftOut: message('jobs.leftOut.busy') }), stopped]
  expect(serversOf(targets, servers, 'production')).toEqual({ names: 'Vienna (2)', count: 2 })
})

async function open(
  job: WholeJob,
  environment: 'production' | 'test',
  begin: AnswerTo<'jobs:begin'> = () => undefined,
) {
  const asked = stubBridge({ 'jobs:get': () => job, 'jobs:begin': begin })
  const view = show(JobsView, {}, () => {
    useServers().replace([server({ environment }), server({ id: 's2', name: 'Graz' })])
    useJobs().replace([listed(job)])
    useJobs().show(job.id)
  })
  await flushPromises()
  const sent = (): unknown[] => asked.filter(({ channel }) => channel !== 'jobs:get')
  return { view, sent, at: (name: string) => view.get<HTMLButtonElement>(`[data-test=${name}]`) }
}

it('nothing begins before Begin is chosen, and once however often', async () => {
  const { view, sent, at } = await open(wholeJob(), 'test', () => new Promise(() => undefined))
  expect(view.text()).toContain('1 request will be sent for 1 synchronization.')
  expect(view.find('[data-test=confirm-production]').exists()).toBe(false)
  expect(sent()).toEqual([])
  for (let click = 0; click < 3; click += 1) await at('begin-job').trigger('click')
  const nothingNoted = { why: '', until: null, startsAtEnd: false }
  expect(sent()).toEqual([{ channel: 'jobs:begin', args: { id: 'j1', typed: '', maintenance: nothingNoted } }])
})

it('production needs one deliberate yes for the whole job, with its servers', async () => {
  const { sent, at } = await open(password, 'production')
  expect(at('confirm-production').text()).toBe('Yes, stop and change the one on production: Vienna (1)')
  expect(at('begin-job').element.disabled).toBe(true)
  await at('begin-job').trigger('click')
  expect(sent()).toEqual([])
  await at('confirm-production').trigger('click')
  await at('begin-job').trigger('click')
  expect(sent()).toHaveLength(1)
})

it('a plan in which nothing takes part cannot begin, and says so', async () => {
  const job = wholeJob({ targets: [target({ leftOut: message('jobs.leftOut.stopped'), steps: [] })] })
  const { view, at } = await open(job, 'test')
  expect(view.text()).toContain('There is nothing left to send.')
  expect(at('begin-job').element.disabled).toBe(true)
})

it('a refusal to begin is shown, and the review stays', async () => {
  const { view, at } = await open(wholeJob(), 'test', () => {
    throw Object.assign({}, { code: 'input.invalid', message: 'Another job has some of these.' })
  })
  await at('begin-job').trigger('click')
  await flushPromises()
  expect(view.get('[role=alert]').text()).toContain('Another job has some of these.')
  expect(view.find('[data-test=job-review]').exists()).toBe(true)
})

it('what is replaced is listed field by field, below its request', () => {
  const changes = [{ field: 'summary', from: 'Agile', to: 'Agile 2' } as const]
  const job = wholeJob({
    kind: 'change-texts',
    targets: [target({ changes, steps: [step('edit', { path: '/integrations/INT-2' })] })],
  })
  expect(reviewLines(job.targets).map(told)).toEqual([
    'Vienna: 1 × PUT /integrations/…',
    '  INT-2: running → changed',
    '    Name: Agile → Agile 2',
  ])
})

it('a job that deletes begins once its number is typed, and sends it', async () => {
  const steps = [step('stop'), step('delete', { path: '/integrations/INT-2' })]
  const { sent, at } = await open(wholeJob({ kind: 'clean-up', targets: [target({ steps })] }), 'test')
  expect(at('begin-job').element.disabled).toBe(true)
  await type('Type 1, the number to be deleted', '1')
  await at('begin-job').trigger('click')
  expect(sent()).toEqual([{ channel: 'jobs:begin', args: { id: 'j1', typed: '1' } }])
})

it('a plan can be discarded', async () => {
  const { sent, at } = await open(wholeJob(), 'test')
  await at('discard-job').trigger('click')
  expect(sent()).toEqual([{ channel: 'jobs:forget', args: { id: 'j1' } }])
})
