import { config, flushPromises } from '@vue/test-utils'
import { afterEach, expect, it } from 'vitest'
import type { AuditEntry, AuditQuery } from '../../src-contract/audit.ts'
import ActivityView from '../../src-renderer/activity/ActivityView.vue'
import { useAuditVersion } from '../../src-renderer/history/audit-version.ts'
import { useServers } from '../../src-renderer/servers/servers.ts'
import { server, show, stubBridge } from './support.ts'
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

/** The view, over a main process whose answers to each query come when the test gives them. */
async function view() {
  const open: { query: AuditQuery; answer: (entries: AuditEntry[]) => void; fail: (error: object) => void }[] = []
  const asked = stubBridge({
    'audit:list': (query: AuditQuery) => new Promise((answer, fail) => open.push({ query, answer, fail })),
    'snapshots:list': () => [],
    'audit:export': () => ({ path: null }),
  })
  const wrapper = show(ActivityView, {}, () => useServers().replace([server()]))
  shown = wrapper
  await flushPromises()
  return {
    open,
    asked,
    wrapper,
    objects: () => wrapper.findAll('tbody tr').map((line) => line.text()),
    search: (text: string) => wrapper.get('[data-test=activity-search] input').setValue(text),
    settle: async (index: number, entries: AuditEntry[]) => {
      open[index]?.answer(entries)
      await flushPromises()
    },
  }
}

it('every write is listed, with who did what where and what became of it', async () => {
  const { objects, settle } = await view()
  await settle(0, [entry(), entry({ id: 2, object: 'INT-3', action: foreign('Stop'), outcome: 'lost' })])
  expect(objects()).toHaveLength(2)
  for (const words of ['Vienna', 'admin', 'Start', 'INT-2']) expect(objects()[0]).toContain(words)
  expect(objects()[1]).toContain('INT-3')
})

it('what became of the task is told, with why, and is filtered by', async () => {
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

it('a search asks anew, and the answer to an earlier one that comes late is not shown', async () => {
  const { open, objects, search, settle } = await view()
  await search('INT-3')
  await flushPromises()
  expect(open.map(({ query }) => query.text)).toEqual(['', 'INT-3'])
  await settle(1, [entry({ object: 'INT-3' })])
  await settle(0, [entry(), entry({ id: 2 })])
  expect(objects()).toHaveLength(1)
  expect(objects()[0]).toContain('INT-3')
})

it('a failure that comes late is not told, that of the newest question is, until one is answered', async () => {
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
  expect(open.map(({ query }) => query.text)).toEqual(['', 'INT-3', 'INT-3'])
})

it('what is exported is what is searched for', async () => {
  const { asked, wrapper, search } = await view()
  await search('INT-3')
  for (const format of ['csv', 'json']) await wrapper.get(`[data-test=export-${format}]`).trigger('click')
  await flushPromises()
  expect(asked.filter(({ channel }) => channel === 'audit:export').map(({ args }) => args)).toEqual(
    ['csv', 'json'].map((format) => ({ query: { text: 'INT-3', serverId: null, outcome: null }, format })),
  )
})
