import { expect, it } from 'vitest'
import type { Server } from '../../src-contract/servers.ts'
import { foreign } from '../../src-contract/messages/message.ts'
import { useServerDialogs } from '../../src-renderer/servers/server-dialogs.ts'
import { useServers } from '../../src-renderer/servers/servers.ts'
import { useSynchronizations } from '../../src-renderer/synchronizations/synchronizations.ts'
import EmptyTable from '../../src-renderer/table/EmptyTable.vue'
import { useTableView } from '../../src-renderer/table/table-view.ts'
import { row, server, show } from './support.ts'

const reach = (more: Partial<Server['reach']>): Server['reach'] => ({ ...server().reach, lastReadAt: null, ...more })
const imported = (id: string, more: Partial<Server> = {}): Server =>
  server({ id, name: id.toUpperCase(), credential: null, reach: reach({ state: 'not-asked' }), ...more })
const reading = server({ id: 'r', reach: reach({ state: 'not-asked', isAsking: true }) })
const away = server({
  id: 'a',
  reach: reach({ state: 'unreachable', error: { code: 'net.timeout', message: foreign('') } }),
})
const read = server({ id: 's1' })

it.each<[string, Server[], string]>([
  ['imported without passwords', [imported('one'), imported('two')], 'Not read yet: 2 servers have no credentials'],
  ['one of them', [imported('one')], 'Not read yet: ONE has no credentials'],
  [
    'being read, beside one without a password',
    [reading, imported('one')],
    'Reading the synchronizations of 1 server…',
  ],
  ['away', [away], 'Nothing has been read yet: no server is available'],
  ['away, beside one that is empty', [away, read], 'There are no synchronizations on these servers'],
  ['empty, beside one without a password', [read, imported('one')], 'Not read yet: ONE has no credentials'],
  ['read and empty', [read], 'There are no synchronizations on these servers'],
])('servers that are %s', (_what, list, words) => {
  const table = show(EmptyTable, {}, () => useServers().replace(list))
  expect(table.text()).toContain(words)
})

it('the credentials of the first that lacks them are entered from here', async () => {
  const table = show(EmptyTable, {}, () => useServers().replace([read, imported('one'), imported('two')]))
  useTableView().serverIds = ['one', 'two']
  await table.vm.$nextTick()
  expect(table.get('button').text()).toBe('Enter the credentials of ONE…')
  await table.get('button').trigger('click')
  expect(useServerDialogs().editing).toBe('one')
})

it('one that is shown alone and was never read has no rows for another reason than the filter', async () => {
  const table = show(EmptyTable, {}, () => {
    useServers().replace([read, imported('one')])
    useSynchronizations().replace([row()])
  })
  const view = useTableView()
  view.text = 'nothing'
  await table.vm.$nextTick()
  expect(table.text()).toContain('No synchronization matches the filter')
  view.clearFilters()
  view.showServer('one')
  await table.vm.$nextTick()
  expect(table.text()).toContain('Not read yet: ONE has no credentials')
})
