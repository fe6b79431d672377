import { config, flushPromises } from '@vue/test-utils'
import { afterEach, describe, expect, it } from 'vitest'
import type { AuditEntry, AuditQuery, AuditSummary } from '../../src-contract/audit.ts'
import { useActivityChoice } from '../../src-renderer/activity/activity-filter.ts'
import ActivityView from '../../src-renderer/activity/ActivityView.vue'
import { useAuditVersion } from '../../src-renderer/history/audit-version.ts'
import { useServers } from '../../src-renderer/servers/servers.ts'
import FacetMenu from '../../src-renderer/ui/FacetMenu.vue'
import { useSynchronizations } from '../../src-renderer/synchronizations/synchronizations.ts'
import { row, server, show, stubBridge } from './support.ts'
import { foreign } from '../../src-contract/messages/message.ts'

config.global.stubs = { transition: false }
let shown: ReturnType<typeof show> | undefined
afterEach(() => shown?.unmount())

const entry = (more: Partial<AuditEntry> = {}): AuditEntry => ({
  id: 1,
  at: 1,
  serverId: 's1',
  serverName: 'Vienna',
  user: 'admin',
  method: 'PUT',
  address: 'https://jira.example/api/integrations/INT-2/start',
  object: 'INT-2',
  action: foreign('Start'),
  body: '',
  outcome: 'accepted',
  details: null,
  ...more,
})

const SUMMARY: AuditSummary = {
  total: 1_204,
  groups: [
    { serverId: 's1', action: 'start', outcome: 'succeeded', account: 'admin', count: 1_100 },
    { serverId: 's1', action: 'stop', outcome: 'failed', account: 'anna', count: 4 },
    { serverId: 'gone', action: 'stop', outcome: 'succeeded', account: 'admin', count: 96 },
  ],
  servers: [
    { id: 's1', name: 'Vienna' },
    { id: 'gone', name: 'Old hub' },
  ],
  accounts: ['admin', 'anna'],
  objects: ['INT-2', 'INT-3'],
}
const word = (value: string, isNegated = false) => ({ value, isNegated })
const INT_3 = { words: [{ value: 'INT-3', isNegated: false }] }

/** The view, over a main process whose answers to each query come when the test gives them. */
async function view() {
  const open: { query: AuditQuery; answer: (entries: AuditEntry[]) => void; fail: (error: object) => void }[] = []
  const asked = stubBridge({
    'audit:list': (query: AuditQuery) => new Promise((answer, fail) => open.push({ query, answer, fail })),
    'audit:summary': () => SUMMARY,
    'snapshots:list': () => [],
    'audit:export': () => ({ path: null }),
  })
  const wrapper = show(ActivityView, {}, () =>
    useServers().replace([server(), server({ id: 's2', name: 'Munich', environment: 'production' })]),
  )
  shown = wrapper
  await flushPromises()
  return {
    open,
    asked,
    wrapper,
    objects: () => wrapper.findAll('tbody tr').map((line) => line.text()),
    search: (text: string) => wrapper.get('[data-test=activity-filter] input').setValue(text),
    settle: async (index: number, entries: AuditEntry[]) => {
      open[index]?.answer(entries)
      await flushPromises()
    },
  }
}

it('every write is listed, with who did what where and its outcome', async () => {
  const { objects, settle } = await view()
  await settle(0, [entry(), entry({ id: 2, object: 'INT-3', action: foreign('Stop'), outcome: 'lost' })])
  expect(objects()).toHaveLength(2)
  for (const words of ['Vienna', 'admin', 'Start', 'INT-2']) expect(objects()[0]).toContain(words)
  expect(objects()[1]).toContain('INT-3')
})

it('what was sent is said by the names of its fields, and is whole where the pointer rests', async () => {
  const { settle, wrapper } = await view()
  const body = JSON.stringify({
    integrationKey: 'INT-2',
    summary: 'Portal',
    firstConnector: { connection: { application: { user: 'sync', extra: [1] } } },
  })
  await settle(0, [
    entry({ body }),
    entry({ id: 2, body: '<html>' }),
    entry({ id: 3, body: '{"cut":"o…' }),
    entry({ id: 4 }),
  ])
  const cells = wrapper.findAll('[data-test=sent]')
  expect(cells.map((cell) => cell.text().replaceAll(/\s+/g, ' '))).toEqual([
    'Name: Portal · First side: sync user: sync · firstConnector.connection.application.extra: [1]',
    '<html>',
    '{"cut":"o…',
    '–',
  ])
  expect(cells[0]?.attributes('title')).toBe(`PUT https://jira.example/api/integrations/INT-2/start\n${body}`)
})

it('a synchronization is called by its name as well, as long as it is listed', async () => {
  const { objects, settle } = await view()
  await settle(0, [entry(), entry({ id: 2, object: 'INT-3' })])
  useSynchronizations().replace([row({ summary: 'Agile Project' })])
  await flushPromises()
  expect(objects().map((line) => line.includes('Agile Project'))).toEqual([true, false])
  useSynchronizations().replace([row({ summary: 'Renamed' })])
  await flushPromises()
  expect(objects()[0]).toContain('Renamed')
})

it('the outcome of the task is shown, with the reason, and can be filtered by', async () => {
  const { objects, settle, wrapper } = await view()
  await settle(0, [
    entry({ outcome: 'failed', details: foreign('The queue is busy.') }),
    entry({ id: 2, outcome: 'task-lost' }),
    entry({ id: 3, outcome: 'succeeded' }),
  ])
  expect(objects()[0]).toContain('Failed The queue is busy.')
  expect(objects()[1]).toContain('Outcome lost')
  expect(objects()[2]).toContain('Done')
  expect(wrapper.get('tbody td.failed').text()).toContain('The queue is busy.')
})

it('a search asks again, and a late answer to an earlier one is not shown', async () => {
  const { open, objects, search, settle } = await view()
  await search('INT-3')
  await flushPromises()
  expect(open.map(({ query }) => query)).toEqual([{}, INT_3])
  await settle(1, [entry({ object: 'INT-3' })])
  await settle(0, [entry(), entry({ id: 2 })])
  expect(objects()).toHaveLength(1)
  expect(objects()[0]).toContain('INT-3')
})

it('a late failure is not shown, that of the newest request is, until one is answered', async () => {
  const { open, wrapper, search, settle } = await view()
  await search('INT-3')
  await flushPromises()
  open[0]?.fail({ code: 'storage.failed', message: 'Late.' })
  await flushPromises()
  expect(wrapper.text()).not.toContain('Late.')
  open[1]?.fail({ code: 'storage.failed', message: 'The disk cannot be read.' })
  await flushPromises()
  expect(wrapper.text()).toContain('The disk cannot be read.')
  useAuditVersion().version += 1
  await flushPromises()
  await settle(2, [entry()])
  expect(wrapper.text()).not.toContain('The disk cannot be read.')
})

it('a write made meanwhile is read, by the same search', async () => {
  const { open, search, settle } = await view()
  await search('INT-3')
  await flushPromises()
  await settle(1, [])
  useAuditVersion().version += 1
  await flushPromises()
  expect(open.map(({ query }) => query)).toEqual([{}, INT_3, INT_3])
})

it('what is exported is what is searched for', async () => {
  const { asked, wrapper, search } = await view()
  await search('INT-3')
  for (const format of ['csv', 'json']) await wrapper.get(`[data-test=export-${format}]`).trigger('click')
  await flushPromises()
  expect(asked.filter(({ channel }) => channel === 'audit:export').map(({ args }) => args)).toEqual(
    ['csv', 'json'].map((format) => ({ query: INT_3, format })),
  )
})

describe('the filter of the activity', () => {
  const typed = async (text: string) => {
    const { open, search, wrapper } = await view()
    await search(text)
    await wrapper.get('[data-test=activity-filter] input').trigger('blur')
    await flushPromises()
    return { query: open.at(-1)?.query, wrapper }
  }

  it.each<[string, AuditQuery]>([
    ['-web "two words"', { words: [word('web', true), word('two words')] }],
    ['action:start', { action: { wanted: ['start'] } }],
    ['action:start action:stop', { action: { wanted: ['start', 'stop'] } }],
    ['-outcome:done', { outcome: { excluded: ['succeeded'] } }],
    ['outcome:"outcome lost" user:ann', { outcome: { wanted: ['task-lost'] }, account: { wanted: ['anna'] } }],
    ['object:int-3', { object: { wanted: ['INT-3'] } }],
    ['server:"old hub"', { server: { wanted: ['gone'] } }],
    ['-server:vienna', { server: { wanted: ['s2', 'gone'] } }],
    ['environment:production', { server: { wanted: ['s2'] } }],
    ['environment:development', { server: { wanted: [] } }],
  ])('asks the main process for what is typed: %s', async (text, query) => {
    expect((await typed(text)).query).toEqual(query)
  })

  it('says what it does not know, and asks for nothing of it', async () => {
    const { query, wrapper } = await typed('object:int-99')
    expect(query).toEqual({})
    expect(wrapper.get('[data-test=activity-filter-troubles]').text()).toContain('Object: there is no “int-99”')
  })

  it('asks for what is chosen as for what is typed, and counts each choice given the others', async () => {
    const { asked, open, wrapper, settle } = await view()
    await settle(0, [])
    const countOf = wrapper.getComponent(FacetMenu).props('countOf') as (choice: string) => number
    const counts = (field: string, ...values: string[]) => values.map((value) => countOf(`${field}:${value}`))
    expect(counts('server', 's1', 's2', 'gone')).toEqual([1_104, 0, 96])
    expect(counts('environment', 'test', 'production')).toEqual([1_104, 0])
    await wrapper.get('[data-test=activity-filter-outcome]').trigger('click')
    const options = [...document.querySelectorAll<HTMLElement>('[data-test=facet-option]')]
    options.find(({ textContent }) => textContent?.startsWith('Done'))?.click()
    await flushPromises()
    expect(open.at(-1)?.query).toEqual({ outcome: { wanted: ['succeeded'] } })
    expect(counts('server', 's1', 'gone')).toEqual([1_100, 96])
    expect(counts('action', 'start', 'stop')).toEqual([1_100, 96])
    expect(counts('outcome', 'succeeded', 'failed')).toEqual([1_196, 4])
    expect(counts('account', 'admin', 'anna')).toEqual([1_196, 0])
    expect(wrapper.get('[data-test=activity-count]').text()).toBe('1,196 of 1,204')
    expect(asked.filter(({ channel }) => channel === 'audit:summary')).toHaveLength(1)
    useAuditVersion().version += 1
    await flushPromises()
    expect(asked.filter(({ channel }) => channel === 'audit:summary')).toHaveLength(2)
  })

  it('says that only the newest are listed', async () => {
    const { wrapper, settle } = await view()
    await settle(0, [entry(), entry({ id: 2 })])
    expect(wrapper.get('[data-test=activity-more]').text()).toContain('Only the newest 2 entries are listed')
  })

  it('stays while another view is shown', async () => {
    const { wrapper } = await typed('action:start')
    wrapper.unmount()
    expect(useActivityChoice().conditions).toEqual([{ field: 'action', value: 'start', isNegated: false }])
  })
})
