import { flushPromises } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import type { SyncUser } from '../../src-contract/jobs.ts'
import ConnectionTab from '../../src-renderer/panel/ConnectionTab.vue'
import JobDialogs from '../../src-renderer/jobs/JobDialogs.vue'
import JobsView from '../../src-renderer/jobs/JobsView.vue'
import { useJobPlans } from '../../src-renderer/jobs/job-plans.ts'
import { useJobs } from '../../src-renderer/jobs/jobs.ts'
import { useServers } from '../../src-renderer/servers/servers.ts'
import { useSynchronizations } from '../../src-renderer/synchronizations/synchronizations.ts'
import SynchronizationsView from '../../src-renderer/table/SynchronizationsView.vue'
import { useTableView } from '../../src-renderer/table/table-view.ts'
import { useCommandRegistry } from '../../src-renderer/ui/commands.ts'
import { useNavigation } from '../../src-renderer/ui/navigation.ts'
import { listed, step, target, wholeJob } from '../support/job-views.ts'
import { detail, row, server, show, stubBridge } from './support.ts'

const at = (name: string): HTMLElement | null => document.querySelector(`[data-test="${name}"]`)
async function press(name: string): Promise<void> {
  at(name)?.click()
  await flushPromises()
}
const commands = (): string[] => useCommandRegistry().all.map(({ title }) => title)
const runCommand = async (title: string): Promise<void> => {
  await useCommandRegistry()
    .all.find((command) => command.title === title)
    ?.run?.()
  await flushPromises()
}

describe('a plan', () => {
  it('shows its page when it is there', async () => {
    let answer: (() => void) | undefined
    stubBridge({ 'jobs:plan-maintenance': () => new Promise((resolve) => (answer = () => resolve(wholeJob()))) })
    show(JobDialogs, {})
    void useJobPlans().planMaintenance([row()])
    await flushPromises()
    expect(at('planning')?.textContent).toContain('Nothing is changed.')
    answer?.()
    await flushPromises()
    expect(at('planning')).toBeNull()
    expect([useNavigation().view, useJobs().opened?.id]).toEqual(['jobs', 'j1'])
  })

  it('that was called off is forgotten when it comes', async () => {
    let answer: (() => void) | undefined
    const asked = stubBridge({
      'jobs:plan-maintenance': () => new Promise((resolve) => (answer = () => resolve(wholeJob()))),
    })
    show(JobDialogs, {})
    void useJobPlans().planMaintenance([row()])
    await flushPromises()
    await press('cancel-planning')
    answer?.()
    await flushPromises()
    expect(asked.at(-1)).toEqual({ channel: 'jobs:forget', args: { id: 'j1' } })
    expect(useJobs().openedId).toBeNull()
  })

  it('shows why it cannot be made', async () => {
    stubBridge({
      'jobs:plan-back': () => {
        throw Object.assign({}, { code: 'input.invalid', message: 'Nothing is left to be taken back.' })
      },
    })
    show(JobDialogs, {})
    void useJobPlans().planBack('j1')
    await flushPromises()
    expect(at('planning')?.textContent).toContain('Nothing is left to be taken back.')
    await press('cancel-planning')
    expect(at('planning')).toBeNull()
  })
})

describe('a maintenance', () => {
  const rows = ['INT-1', 'INT-2', 'INT-3'].map((key) => row({ key, health: key === 'INT-1' ? 'stopped' : 'running' }))
  const refs = (...keys: string[]) => keys.map((key) => ({ serverId: 's1', key }))
  function open() {
    const asked = stubBridge({ 'jobs:plan-maintenance': () => wholeJob() })
    show(SynchronizationsView, {}, () => {
      useServers().replace([server()])
      useSynchronizations().replace(rows)
      useTableView().sort = { column: 'key', isDescending: false }
    })
    return () => asked.filter(({ channel }) => channel === 'jobs:plan-maintenance').map(({ args }) => args)
  }

  it('is planned for what is selected', async () => {
    const planned = open()
    useTableView().selected = new Set(['s1 INT-2', 's1 INT-3'])
    await flushPromises()
    expect(commands()).toContain('Stop 2 selected for maintenance…')
    await press('bulk-maintenance')
    expect(planned()).toEqual([{ targets: refs('INT-2', 'INT-3') }])
  })

  it('is not offered for what is stopped already', async () => {
    open()
    useTableView().selected = new Set(['s1 INT-1'])
    await flushPromises()
    expect(at('bulk-maintenance')).toHaveProperty('disabled', true)
    expect(at('bulk-maintenance')?.title).toBe('INT-1 is already stopped.')
  })

  it('is offered for all that the filter shows, where nothing is selected', async () => {
    const planned = open()
    useTableView().states = ['running']
    await flushPromises()
    await runCommand('Stop all 2 shown for maintenance…')
    expect(planned()).toEqual([{ targets: refs('INT-2', 'INT-3') }])
  })

  it('of a whole server is planned from the jobs', async () => {
    const asked = stubBridge({ 'jobs:plan-maintenance': () => wholeJob(), 'jobs:get': () => wholeJob() })
    show(JobsView, {}, () => {
      useServers().replace([server(), server({ id: 's2', name: 'Graz', isReadOnly: true })])
      useSynchronizations().replace([...rows, row({ serverId: 's2', key: 'INT-7' })])
    })
    await press('new-maintenance')
    const entries = [...document.querySelectorAll<HTMLElement>('[role=menuitem]')]
    expect(entries.map(({ textContent }) => textContent.trim())).toEqual(['Vienna 3', 'Graz 1', 'Choose in the table'])
    expect(entries[1]?.getAttribute('aria-disabled')).toBe('true')
    entries[0]?.click()
    await flushPromises()
    const planned = asked.find(({ channel }) => channel === 'jobs:plan-maintenance')
    expect(planned?.args).toEqual({ targets: refs('INT-1', 'INT-2', 'INT-3') })
  })

  it('can start again what it has stopped', async () => {
    const job = wholeJob({
      state: 'ended',
      begunAt: 1,
      endedAt: 2,
      targets: [target({ steps: [step('stop', { outcome: 'done', begunAt: 1, endedAt: 2 })] })],
    })
    const back = wholeJob({
      id: 'j2',
      kind: 'maintenance-end',
      originId: 'j1',
      targets: [target({ steps: [step('start')] })],
    })
    const asked = stubBridge({ 'jobs:get': ({ id }) => (id === 'j1' ? job : back), 'jobs:plan-back': () => back })
    const view = show(JobsView, {}, () => {
      useJobs().replace([listed(job)])
      useJobs().show('j1')
    })
    await flushPromises()
    expect(at('job-back')?.textContent).toContain('Start what this stopped…')
    await press('job-back')
    expect(asked.find(({ channel }) => channel === 'jobs:plan-back')?.args).toEqual({ id: 'j1', targets: null })
    expect(view.get('[data-test=job-review]').text()).toContain('PUT /integrations/…/start')
    await press('origin-job')
    expect(useJobs().openedId).toBe('j1')
  })
})

describe('finding and replacing', () => {
  const targets = ['INT-1', 'INT-2'].map((key) => ({ serverId: 's1', key }))
  /** The dialog, opened for the selected rows. */
  async function open(answers: Parameters<typeof stubBridge>[0] = {}) {
    const asked = stubBridge({
      'jobs:plan-texts': () => wholeJob(),
      'jobs:plan-addresses': () => wholeJob(),
      ...answers,
    })
    show(JobDialogs, {})
    useJobPlans().chooseReplacement(targets.map((ref) => row(ref)))
    await flushPromises()
    return () =>
      asked.filter(({ channel }) => channel.startsWith('jobs:plan')).map(({ channel, args }) => [channel, args])
  }
  const type = async (name: string, text: string): Promise<void> => {
    const field = at(name)?.querySelector('input') as HTMLInputElement
    field.value = text
    field.dispatchEvent(new Event('input'))
    await flushPromises()
  }

  it('is offered for several that are selected, and for all that the filter shows', async () => {
    stubBridge({})
    show(SynchronizationsView, {}, () => {
      useServers().replace([server()])
      useSynchronizations().replace(targets.map((ref) => row(ref)))
    })
    await flushPromises()
    expect(commands()).toContain('Find and replace in all 2 shown…')
    useTableView().selected = new Set(['s1 INT-1'])
    await flushPromises()
    await press('bulk-more')
    const jobs = (): HTMLElement[] =>
      [...document.querySelectorAll<HTMLElement>('[role=menuitem]')].filter(({ textContent }) =>
        /^(Find|Copy|Delete) /.test(textContent.trim()),
      )
    // A single one is changed in its panel.
    expect(jobs().map(({ textContent }) => textContent.trim())).toEqual(['Copy INT-1 to another server…'])
    expect(commands().filter((title) => title.startsWith('Find and replace'))).toEqual([])
    await press('bulk-more')
    useTableView().selected = new Set(['s1 INT-1', 's1 INT-2'])
    await flushPromises()
    await press('bulk-more')
    const entries = jobs()
    expect(entries.map(({ textContent }) => textContent.trim())).toEqual([
      'Find and replace in 2 selected…',
      'Copy 2 selected to another server…',
      'Delete 2 selected…',
    ])
    entries[0]?.click()
    await flushPromises()
    expect(useJobPlans().replacing?.targets).toEqual(targets)
  })

  it('in names sends what was chosen, and leads to the review', async () => {
    const planned = await open()
    expect(at('plan-replacement')).toHaveProperty('disabled', true)
    await type('find', 'ACME')
    await type('by', '')
    await press('plan-replacement')
    expect(planned()).toEqual([
      ['jobs:plan-texts', { targets, fields: ['summary'], replacement: { find: 'ACME', by: '', isPattern: false } }],
    ])
    expect([at('replace'), useJobs().opened?.id]).toEqual([null, 'j1'])
  })

  it('in base URLs sends the sides that were chosen', async () => {
    const planned = await open()
    await type('find', 'old')
    await press('addresses')
    await press('replace-first')
    await press('is-pattern')
    await press('plan-replacement')
    expect(planned()).toEqual([
      ['jobs:plan-addresses', { targets, sides: ['second'], replacement: { find: 'old', by: '', isPattern: true } }],
    ])
  })

  it('nowhere is not planned', async () => {
    await open()
    await type('find', 'old')
    await press('replace-summary')
    expect(at('plan-replacement')).toHaveProperty('disabled', true)
    await press('replace-description')
    expect(at('plan-replacement')).toHaveProperty('disabled', false)
  })

  it('with a pattern that is refused says so at its field, and keeps what was typed', async () => {
    const problem = 'This is not a valid pattern: missing )'
    await open({
      'jobs:plan-texts': () => {
        throw Object.assign({}, { code: 'input.invalid', message: problem, fields: { 'replacement.find': problem } })
      },
    })
    await type('find', '(')
    await press('plan-replacement')
    expect(at('replace')?.querySelectorAll('[role=alert]')).toHaveLength(1)
    expect(at('replace')?.querySelector('[role=alert]')?.textContent).toContain(problem)
    expect(at('find')?.querySelector('input')?.value).toBe('(')
  })

  it('that is cancelled while the servers are read is forgotten when its plan comes', async () => {
    let answer: (() => void) | undefined
    const asked = stubBridge({
      'jobs:plan-texts': () => new Promise((resolve) => (answer = () => resolve(wholeJob()))),
    })
    show(JobDialogs, {})
    useJobPlans().chooseReplacement(targets)
    await flushPromises()
    await type('find', 'ACME')
    await press('plan-replacement')
    await press('cancel')
    answer?.()
    await flushPromises()
    expect(asked.at(-1)).toEqual({ channel: 'jobs:forget', args: { id: 'j1' } })
    expect([at('replace'), useJobs().openedId]).toEqual([null, null])
  })
})

it('a clean-up is planned for what is selected, and for nothing else', async () => {
  const asked = stubBridge({ 'jobs:plan-clean-up': () => wholeJob({ kind: 'clean-up' }) })
  show(SynchronizationsView, {}, () => {
    useServers().replace([server()])
    useSynchronizations().replace(['INT-1', 'INT-2', 'INT-3'].map((key) => row({ key })))
  })
  useTableView().selected = new Set(['s1 INT-1', 's1 INT-3'])
  await flushPromises()
  await runCommand('Delete 2 selected…')
  expect(asked.find(({ channel }) => channel === 'jobs:plan-clean-up')?.args).toEqual({
    targets: ['INT-1', 'INT-3'].map((key) => ({ serverId: 's1', key })),
  })
})

describe('the sync user of a new password', () => {
  const user = (name: string, baseUrl: string, count = 1): SyncUser => ({
    user: name,
    baseUrl,
    servers: [{ serverId: 's1', count }],
  })
  const USERS = [
    user('backbone', 'https://partner.example', 31),
    user('backbone', 'https://old.example', 2),
    user('local', 'https://vienna.example'),
  ]
  function open() {
    const asked = stubBridge({ 'jobs:sync-users': () => USERS, 'jobs:plan-password': () => wholeJob() })
    show(JobDialogs, {}, () => useServers().replace([server()]))
    return () => asked.filter(({ channel }) => channel === 'jobs:plan-password').map(({ args }) => args)
  }
  const users = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>('[data-test=sync-user]')]
  async function choose(place: number): Promise<void> {
    users()[place]?.querySelector<HTMLInputElement>('input')?.click()
    await flushPromises()
  }

  it('is chosen among all that are known, with where they are used', async () => {
    const planned = open()
    await runCommand('New password of a sync user…')
    expect(users().map(({ textContent }) => textContent)).toEqual([
      expect.stringMatching(/backbone.*https:\/\/partner\.example.*31 synchronizations on 1 server/s),
      expect.stringMatching(/backbone.*https:\/\/old\.example/s),
      expect.stringMatching(/local/),
    ])
    expect(at('plan-job')).toHaveProperty('disabled', true)
    await choose(2)
    expect(at('also-at')).toBeNull()
    await press('plan-job')
    expect(planned()).toEqual([{ user: 'local', baseUrls: ['https://vienna.example'] }])
  })

  it('other addresses of the same name are the same Jira only where the user says so', async () => {
    const planned = open()
    useJobPlans().choosePassword()
    await flushPromises()
    await choose(0)
    expect(at('also-at')?.textContent).toContain('https://old.example')
    at('also-at')?.querySelector<HTMLElement>('[role=checkbox]')?.click()
    await flushPromises()
    await choose(1)
    await choose(0)
    await press('plan-job')
    expect(planned()).toEqual([{ user: 'backbone', baseUrls: ['https://partner.example'] }])
    useJobPlans().choosePassword()
    await flushPromises()
    await choose(0)
    at('also-at')?.querySelector<HTMLElement>('[role=checkbox]')?.click()
    await flushPromises()
    await press('plan-job')
    expect(planned().at(-1)).toEqual({ user: 'backbone', baseUrls: ['https://partner.example', 'https://old.example'] })
  })

  it('of a side of a panel is chosen already', async () => {
    const planned = open()
    const first = { ...detail().first, user: 'Backbone', baseUrl: 'https://partner.example/' }
    show(
      ConnectionTab,
      { detail: detail({ first: first as never, second: null }), base: {}, values: {}, passwords: {} },
      () => undefined,
    )
    await press('new-password-firstConnector')
    expect(useJobPlans().choosing).toEqual({ account: { user: 'Backbone', baseUrl: 'https://partner.example/' } })
    show(JobDialogs, {}, () => useServers().replace([server()]))
    useJobPlans().choosePassword({ user: 'Backbone', baseUrl: 'https://partner.example/' })
    await flushPromises()
    await press('plan-job')
    expect(planned()).toEqual([{ user: 'backbone', baseUrls: ['https://partner.example'] }])
  })
})
