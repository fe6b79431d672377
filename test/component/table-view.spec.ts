import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it } from 'vitest'
import { foreign, message } from '../../src-contract/messages/message.ts'
import type { StateFilter } from '../../src-contract/saved-views.ts'
import type { Server } from '../../src-contract/servers.ts'
import { refId } from '../../src-contract/synchronizations.ts'
import { useServers } from '../../src-renderer/servers/servers.ts'
import { useSynchronizations } from '../../src-renderer/synchronizations/synchronizations.ts'
import { useTableView } from '../../src-renderer/table/table-view.ts'
import { row, server } from './support.ts'

const away = server({
  id: 's2',
  name: 'Munich',
  environment: 'production',
  reach: { ...server().reach, state: 'unreachable', error: { code: 'net.timeout', message: foreign('') } },
})
const running = row({ key: 'INT-1' })
const stopped = row({ key: 'INT-2', health: 'stopped', summary: 'Stock' })
const local = row({ key: 'INT-3', health: 'error', kind: 'distributed' })
/** Its server cannot be asked: nobody knows its current state. */
const stale = row({ serverId: 's2', key: 'INT-9' })

beforeEach(() => {
  setActivePinia(createPinia())
  useServers().replace([server(), away])
  useSynchronizations().replace([running, stopped, local, stale])
})

const visible = (): string[] =>
  useTableView()
    .visible.map(({ key }) => key)
    .sort()

describe('the table', () => {
  it.each<[StateFilter[], string[]]>([
    [[], ['INT-1', 'INT-2', 'INT-3', 'INT-9']],
    [['running'], ['INT-1']],
    [['not-asked'], ['INT-9']],
    [
      ['stopped', 'error'],
      ['INT-2', 'INT-3'],
    ],
    [
      ['running', 'not-asked'],
      ['INT-1', 'INT-9'],
    ],
  ])('filtered by the states %j shows %j: a row whose server is not asked has no state', (states, keys) => {
    useTableView().states = states
    expect(visible()).toEqual(keys)
  })

  it('filtered by a state that a row shows leaves out one whose server is not asked', () => {
    const state = message('synchronizations.states.handshake')
    useSynchronizations().replace([
      { ...running, state },
      { ...stale, state },
    ])
    useTableView().conditions = [{ field: 'state', value: 'handshake', isNegated: false }]
    expect(visible()).toEqual(['INT-1'])
  })

  it('shows rows of the servers and of the environments that are chosen', () => {
    const view = useTableView()
    view.environments = ['production']
    expect(visible()).toEqual(['INT-9'])
    view.serverIds = ['s1']
    expect(visible()).toEqual(['INT-1', 'INT-2', 'INT-3', 'INT-9'])
    view.environments = []
    expect(visible()).toEqual(['INT-1', 'INT-2', 'INT-3'])
    view.showServer('s2')
    expect(visible()).toEqual(['INT-9'])
    view.environments = ['test']
    view.showServer(null)
    expect(visible()).toHaveLength(4)
  })

  it('shows rows of the kinds that are chosen, and those that have every word in their texts or their server’s name', () => {
    const view = useTableView()
    view.kinds = ['distributed']
    expect(visible()).toEqual(['INT-3'])
    view.kinds = []
    view.text = ' vienna STOCK '
    expect(visible()).toEqual(['INT-2'])
    view.text = 'munich stock'
    expect(visible()).toEqual([])
    view.text = '  '
    expect([visible().length, view.isFiltering]).toEqual([4, false])
  })

  it.each([
    ['text', 'INT-1'],
    ['serverIds', ['s1']],
    ['environments', ['test']],
    ['states', ['running']],
    ['kinds', ['centralized']],
  ] as const)('knows that it filters by %s, and stops on demand', (field, value) => {
    const view = useTableView()
    expect(view.isFiltering).toBe(false)
    view.$patch({ [field]: value })
    expect(view.isFiltering).toBe(true)
    expect(view.filter[field]).toEqual(value)
    view.clearFilters()
    expect(view.isFiltering).toBe(false)
  })

  it('shows a saved filter, and keeps what is changed afterwards out of it', () => {
    const view = useTableView()
    const saved = {
      text: 'int',
      serverIds: ['s1'],
      environments: [],
      states: ['running' as const],
      kinds: ['centralized' as const],
      sort: { column: 'key' as const, isDescending: true },
    }
    view.filter = saved
    expect([view.filter, visible()]).toEqual([saved, ['INT-1']])
    view.states.push('stopped')
    view.sort.isDescending = false
    expect([saved.states, saved.sort.isDescending]).toEqual([['running'], true])
  })

  it('is sorted by a column in its usual order, and the other way at the second click', () => {
    const view = useTableView()
    view.sortBy('key')
    expect(view.visible.map(({ key }) => key)).toEqual(['INT-1', 'INT-2', 'INT-3', 'INT-9'])
    view.sortBy('key')
    expect(view.visible.map(({ key }) => key)).toEqual(['INT-9', 'INT-3', 'INT-2', 'INT-1'])
    view.sortBy('errors')
    expect(view.sort).toEqual({ column: 'errors', isDescending: true })
    view.sortBy('errors')
    expect(view.sort.isDescending).toBe(false)
  })

  it('sorted by age follows each reading of a server', () => {
    const view = useTableView()
    view.sortBy('age')
    const readAt = (one: Server, lastReadAt: number): Server => ({ ...one, reach: { ...one.reach, lastReadAt } })
    useServers().replace([server(), readAt(away, 9_000_000)])
    expect(view.visible[0]?.key).toBe('INT-9')
    useServers().replace([readAt(server(), 10_000_000), readAt(away, 9_000_000)])
    expect(view.visible.at(-1)?.key).toBe('INT-9')
  })
})

describe('while rows are pointed at', () => {
  const lines = (): string[] => useTableView().items.map((item) => ('groupId' in item ? item.title : item.key))
  const change = (...put: ReturnType<typeof row>[]): void => useSynchronizations().apply({ put, removed: [] })

  it('each keeps its place and shows its present state; afterwards they are in order again', () => {
    const view = useTableView()
    expect(lines()).toEqual(['INT-3', 'INT-1', 'INT-2', 'INT-9'])
    view.isSteady = true
    change({ ...stopped, health: 'error' }, row({ key: 'INT-7', health: 'error' }))
    expect(lines()).toEqual(['INT-3', 'INT-1', 'INT-2', 'INT-9', 'INT-7'])
    expect(view.items[2]).toMatchObject({ key: 'INT-2', health: 'error' })
    view.isSteady = false
    expect(lines()).toEqual(['INT-2', 'INT-3', 'INT-7', 'INT-1', 'INT-9'])
  })

  it('the list is the same one as long as no row changes: nothing is drawn again', () => {
    const view = useTableView()
    const before = view.items
    view.isSteady = true
    expect(view.items).toBe(before)
    view.isSteady = false
    expect(view.items).toBe(before)
  })

  it('one that the filter lets through no longer stays, and one that is gone does not', () => {
    const view = useTableView()
    view.states = ['running', 'stopped']
    expect(lines()).toEqual(['INT-1', 'INT-2'])
    view.isSteady = true
    change({ ...running, health: 'error' })
    expect(lines()).toEqual(['INT-1', 'INT-2'])
    useSynchronizations().apply({ put: [], removed: [{ serverId: 's1', key: 'INT-1' }] })
    expect(lines()).toEqual(['INT-2'])
  })

  it('what the user chooses holds at once, and so do new rows of groups', () => {
    const view = useTableView()
    view.isSteady = true
    view.sortBy('key')
    expect(lines()).toEqual(['INT-1', 'INT-2', 'INT-3', 'INT-9'])
    view.groupBy = 'server'
    expect(lines()).toEqual(['Vienna', 'INT-1', 'INT-2', 'INT-3', 'Munich', 'INT-9'])
    view.toggleFold('server s1')
    change(row({ key: 'INT-7' }))
    expect(lines()).toEqual(['Vienna', 'Munich', 'INT-9'])
    view.toggleFold('server s1')
    expect(lines()).toEqual(['Vienna', 'INT-1', 'INT-2', 'INT-3', 'INT-7', 'Munich', 'INT-9'])
  })
})

describe('a selection', () => {
  it('keeps what a filter hides, and counts it', () => {
    const view = useTableView()
    expect(view.hiddenSelectedCount).toBe(0)
    for (const one of [running, stopped, local]) view.toggle(refId(one))
    expect(view.hiddenSelectedCount).toBe(0)
    view.states = ['stopped']
    expect(view.hiddenSelectedCount).toBe(2)
    expect(view.selectedRows.map(({ key }) => key)).toEqual(['INT-1', 'INT-2', 'INT-3'])
    view.toggle(refId(running))
    expect([view.hiddenSelectedCount, view.selected.size]).toEqual([1, 2])
    view.clearSelection()
    expect([view.hiddenSelectedCount, view.selectedRows]).toEqual([0, []])
  })

  it('of all takes what is visible, and leaves what is hidden as it was', () => {
    const view = useTableView()
    view.toggle(refId(local))
    view.states = ['running', 'stopped']
    view.selectAllVisible(true)
    expect(view.selected).toEqual(new Set([local, running, stopped].map(refId)))
    view.selectAllVisible(false)
    expect(view.selected).toEqual(new Set([refId(local)]))
  })

  it('does not count what is gone', () => {
    const view = useTableView()
    view.toggle(refId(stopped))
    view.states = ['running']
    useSynchronizations().replace([running])
    expect([view.hiddenSelectedCount, view.selectedRows]).toEqual([0, []])
  })
})
