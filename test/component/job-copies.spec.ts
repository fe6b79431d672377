import { flushPromises } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import type { JobTarget } from '../../src-contract/jobs.ts'
import { foreign } from '../../src-contract/messages/message.ts'
import JobDialogs from '../../src-renderer/jobs/JobDialogs.vue'
import JobsView from '../../src-renderer/jobs/JobsView.vue'
import { valuesOf } from '../../src-renderer/jobs/copy-mapping.ts'
import { useJobPlans } from '../../src-renderer/jobs/job-plans.ts'
import { useJobs } from '../../src-renderer/jobs/jobs.ts'
import { useServers } from '../../src-renderer/servers/servers.ts'
import { useOpenPanels } from '../../src-renderer/synchronizations/open-panels.ts'
import { useSynchronizations } from '../../src-renderer/synchronizations/synchronizations.ts'
import SynchronizationsView from '../../src-renderer/table/SynchronizationsView.vue'
import { useTableView } from '../../src-renderer/table/table-view.ts'
import { useCommandRegistry } from '../../src-renderer/ui/commands.ts'
import { listed, step, target, wholeJob } from '../support/job-views.ts'
import { row, server, show, stubBridge, type AnswerTo } from './support.ts'

const at = (name: string): HTMLElement | null => document.querySelector(`[data-test="${name}"]`)
async function press(name: string): Promise<void> {
  at(name)?.click()
  await flushPromises()
}

const side = (projectKey: string, baseUrl: string, user = 'sync') => ({
  connectorKey: 'AP-1',
  projectKey,
  baseUrl,
  user,
})
const VIENNA = 'https://vienna.example'
const PARTNER = 'https://partner.example'
const rows = [
  row({ key: 'INT-1', first: side('AP', `${VIENNA}/`), second: side('PB', PARTNER) }),
  row({ key: 'INT-2', first: side('AP', `${VIENNA}/`), second: side('PC', PARTNER, 'other') }),
]
const servers = [
  server({ baseUrl: VIENNA }),
  server({ id: 's2', name: 'Graz', baseUrl: 'https://graz.example', isReadOnly: true }),
  server({ id: 's3', name: 'Linz', baseUrl: 'https://linz.example' }),
]
const targets = rows.map(({ serverId, key }) => ({ serverId, key }))

describe('what is to be copied', () => {
  async function open(answer: AnswerTo<'jobs:plan-copy'> = () => wholeJob({ kind: 'copy' })) {
    const asked = stubBridge({ 'jobs:plan-copy': answer })
    show(JobDialogs, {}, () => {
      useServers().replace(servers)
      useSynchronizations().replace(rows)
    })
    useJobPlans().chooseCopy(rows)
    await flushPromises()
    return () => asked.filter(({ channel }) => channel === 'jobs:plan-copy').map(({ args }) => args)
  }
  const pairs = (part: string): (string | undefined)[][] =>
    [...document.querySelectorAll(`[data-test="mapping-${part}"] .pair`)].map((pair) => [
      pair.querySelector('.from')?.textContent,
      pair.querySelector('input')?.value,
      pair.querySelector('.same')?.textContent,
    ])

  it('has a row for each value, and says of each whether it stays', async () => {
    await open()
    expect(pairs('baseUrls')).toEqual([
      // Its own Jira becomes that of the first server that can take copies.
      [`${VIENNA}/`, 'https://linz.example', ''],
      [PARTNER, PARTNER, 'unchanged'],
    ])
    expect(pairs('users').map(([from]) => from)).toEqual(['sync', 'other'])
    expect(pairs('projects')).toEqual(['AP', 'PB', 'PC'].map((key) => [key, key, 'unchanged']))
    const options = [...document.querySelectorAll('[data-test="copy-server"] option')]
    expect(options.map(({ textContent }) => textContent)).toEqual(['Graz', 'Linz'])
  })

  it('is planned with all that was entered, and leads to the review', async () => {
    const planned = await open()
    const field = document.querySelector<HTMLInputElement>('[data-test="mapping-projects"] input')
    if (field !== null) {
      field.value = 'XP'
      field.dispatchEvent(new Event('input'))
    }
    await press('plan-copy')
    expect(planned()).toEqual([
      {
        targets,
        serverId: 's3',
        mapping: {
          baseUrls: [
            { from: `${VIENNA}/`, to: 'https://linz.example' },
            { from: PARTNER, to: PARTNER },
          ],
          users: ['sync', 'other'].map((name) => ({ from: name, to: name })),
          projects: [
            { from: 'AP', to: 'XP' },
            { from: 'PB', to: 'PB' },
            { from: 'PC', to: 'PC' },
          ],
        },
      },
    ])
    expect([at('copy-to-server'), useJobs().opened?.id]).toEqual([null, 'j1'])
  })

  it('is not planned for a server that takes none, and says why', async () => {
    await open()
    const select = document.querySelector<HTMLSelectElement>('[data-test="copy-server"]')
    if (select !== null) {
      select.value = 's2'
      select.dispatchEvent(new Event('change'))
    }
    await flushPromises()
    expect(at('copy-why-not')?.textContent).toContain('read-only')
    expect(at('plan-copy')).toHaveProperty('disabled', true)
  })

  it('that is refused is reported at its row, and what was entered stays', async () => {
    await open(() => {
      throw Object.assign({}, { code: 'ipc.invalid-args', message: 'x', fields: { 'mapping.projects.1.to': 'No key' } })
    })
    await press('plan-copy')
    const alerts = [...document.querySelectorAll('[data-test="copy-to-server"] [role=alert]')]
    expect(
      alerts.map((alert) => [alert.textContent, alert.closest('.pair')?.querySelector('.from')?.textContent]),
    ).toEqual([['No key', 'PB']])
  })
})

it('a value that occurs often is asked for once, even one that the server does not show', () => {
  expect(valuesOf([{ first: side('AP', VIENNA, ''), second: side('AP', VIENNA, '') }])).toEqual({
    baseUrls: [VIENNA],
    users: [''],
    projects: ['AP'],
  })
})

it.each([
  { selected: ['s1 INT-1', 's1 INT-2'], title: 'Copy 2 selected to another server…', count: 2 },
  { selected: ['s1 INT-2'], title: 'Copy INT-2 to another server…', count: 1 },
  { selected: [], title: 'Copy all 2 shown to another server…', count: 2 },
])('copies are offered in the palette: $title', async ({ selected, title, count }) => {
  stubBridge()
  show(SynchronizationsView, {}, () => {
    useServers().replace([server({ isReadOnly: true }), server({ id: 's2' })])
    useSynchronizations().replace(rows)
  })
  useTableView().selected = new Set(selected)
  await flushPromises()
  await useCommandRegistry()
    .all.find((command) => command.title === title)
    ?.run?.()
  expect(useJobPlans().copying?.targets).toHaveLength(count)
})

it('copies of a whole server begin at the jobs', async () => {
  stubBridge()
  show(JobsView, {}, () => {
    useServers().replace(servers)
    useSynchronizations().replace(rows)
  })
  await press('new-copy')
  document.querySelector<HTMLElement>('[role=menuitem]')?.click()
  await flushPromises()
  expect(useJobPlans().copying?.targets).toEqual(targets)
})

describe('the result of copies', () => {
  const made = (more: Partial<JobTarget>, key: string | null): JobTarget =>
    target({
      copy: { serverId: 's3', serverName: 'Linz', key, byHand: [{ side: 'first', part: 'sync', was: '{"a":1}' }] },
      ...more,
    })
  const done = step('create', { outcome: 'done', result: foreign('Created as INT-9'), begunAt: 1, endedAt: 2 })
  const unknown = step('create', { outcome: 'unknown', result: foreign('Nobody knows'), begunAt: 1, endedAt: 2 })
  async function open(all: JobTarget[]) {
    const job = wholeJob({ kind: 'copy', state: 'ended', copyTo: { serverId: 's3', serverName: 'Linz' }, targets: all })
    const asked = stubBridge({
      'jobs:get': () => job,
      'jobs:plan-back': () => wholeJob({ id: 'j2', kind: 'clean-up' }),
    })
    show(JobsView, {}, () => {
      useServers().replace(servers)
      useSynchronizations().replace([row({ serverId: 's3', key: 'INT-9' })])
      useJobs().replace([listed(job)])
      useJobs().show('j1')
    })
    await flushPromises()
    return asked
  }

  it('names what is left to be done by hand for those that are there, and opens them', async () => {
    await open([made({ steps: [done] }, 'INT-9'), made({ key: 'INT-3', steps: [unknown] }, null)])
    expect(document.querySelector('h1')?.textContent).toBe('Copy to Linz')
    expect(at('job-by-hand')?.textContent).toContain('To be done by hand for 1 copy')
    expect(
      [...document.querySelectorAll('[data-test="job-by-hand"] [role=row]')].map((one) => one.textContent),
    ).toEqual(['INT-9First side: synchronization settings{"a":1}'])
    at('target-INT-2')?.dispatchEvent(new MouseEvent('dblclick', { bubbles: true }))
    expect(useOpenPanels().activeId).toBe('s3 INT-9')
  })

  it('offers to delete what was created, and not to try again what may be there', async () => {
    const asked = await open([made({ steps: [done] }, 'INT-9'), made({ key: 'INT-3', steps: [unknown] }, null)])
    expect(at('retry-job')).toBeNull()
    expect(at('job-back')?.textContent).toContain('Delete what this created…')
    await press('job-back')
    expect(asked.find(({ channel }) => channel === 'jobs:plan-back')?.args).toEqual({ id: 'j1', targets: null })
  })

  it('offers to try again what was refused', async () => {
    await open([made({ steps: [step('create', { outcome: 'failed', begunAt: 1, endedAt: 2 })] }, null)])
    expect([at('retry-job') !== null, at('job-back')]).toEqual([true, null])
  })
})
