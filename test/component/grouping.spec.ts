import { flushPromises } from '@vue/test-utils'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Settings } from '../../src-contract/settings.ts'
import DisplayMenu from '../../src-renderer/table/DisplayMenu.vue'
import { isHead } from '../../src-renderer/table/group-rows.ts'
import SynchronizationTable from '../../src-renderer/table/SynchronizationTable.vue'
import { columnsFor } from '../../src-renderer/table/fit-columns.ts'
import { useTableView } from '../../src-renderer/table/table-view.ts'
import { useServers } from '../../src-renderer/servers/servers.ts'
import { useSettings } from '../../src-renderer/settings/settings.ts'
import { useSynchronizations } from '../../src-renderer/synchronizations/synchronizations.ts'
import { useCommandRegistry } from '../../src-renderer/ui/commands.ts'
import { row, side, server, show, stubBridge } from './support.ts'

const munich = server({ id: 's2', name: 'Munich', environment: 'production' })
const rows = [
  row({ key: 'INT-1', health: 'error' }),
  row({ key: 'INT-2', health: 'running', first: side('X', 'XY') }),
  row({ serverId: 's2', key: 'INT-3', health: 'running' }),
]
const fill = (): void => {
  useServers().replace([server(), munich])
  useSynchronizations().replace(rows)
  useTableView().sort = { column: 'key', isDescending: false }
}

describe('groups', () => {
  const open = () => {
    stubBridge()
    const table = show(SynchronizationTable, {}, fill)
    return {
      table: table.get('[data-test=table]'),
      lines: () =>
        table.findAll('.group-row, .row').map((line) => line.attributes('data-test')?.replace(/^row-/, '') ?? ''),
    }
  }

  it.each([
    ['server', ['group-Vienna', 'INT-1', 'INT-2', 'group-Munich', 'INT-3']],
    ['state', ['group-Broken', 'INT-1', 'group-Running', 'INT-2', 'INT-3']],
    ['environment', ['group-Production', 'INT-3', 'group-Test', 'INT-1', 'INT-2']],
    ['project', ['group-AP ⇄ PB', 'INT-1', 'INT-3', 'group-XY ⇄ PB', 'INT-2']],
  ] as const)('by %s have a head before their rows', async (by, expected) => {
    const { lines } = open()
    useTableView().groupBy = by
    await flushPromises()
    expect(lines()).toEqual(expected)
  })

  it('by partner put together what is synchronized with one project of one Jira, whichever side it is', async () => {
    const { lines } = open()
    const here = (project: string) => side('H', project, { baseUrl: 'https://jira.example/' })
    useSynchronizations().replace([
      row({ key: 'INT-1', first: here('AP'), second: side('P', 'PB', { baseUrl: 'https://Acme.example/jira' }) }),
      row({ key: 'INT-2', first: side('P', 'PB', { baseUrl: 'http://acme.example/jira/' }), second: here('AP') }),
      row({ key: 'INT-3', first: here('AP'), second: side('P', 'PB', { baseUrl: 'https://graz.example' }) }),
      row({ key: 'INT-4', first: here('AP'), second: here('ZZ') }),
      row({ key: 'INT-5', first: side('P', 'AP', { baseUrl: '' }), second: side('Q', 'QQ', { baseUrl: '' }) }),
      row({ key: 'INT-6', kind: 'distributed', second: null }),
    ])
    useTableView().groupBy = 'partner'
    await flushPromises()
    expect(lines()).toEqual([
      'group-PB · acme.example/jira',
      'INT-1',
      'INT-2',
      'group-PB · graz.example',
      'INT-3',
      'group-QQ',
      'INT-5',
      'group-ZZ',
      'INT-4',
      'group-Partner unknown',
      'INT-6',
    ])
  })

  it('stand in their own order, whatever that of the rows is: projects by name, servers as the user has them', async () => {
    const { lines } = open()
    const heads = () => lines().filter((line) => line.startsWith('group-'))
    const view = useTableView()
    useSynchronizations().replace([...rows, row({ key: 'INT-0', first: side('X', 'XY') })])
    view.groupBy = 'project'
    await flushPromises()
    expect(heads()).toEqual(['group-AP ⇄ PB', 'group-XY ⇄ PB'])
    view.groupBy = 'server'
    view.sort = { column: 'key', isDescending: true }
    await flushPromises()
    expect(heads()).toEqual(['group-Vienna', 'group-Munich'])
  })

  it('by state know no state of what cannot be asked, and put that last', async () => {
    const { lines } = open()
    useServers().replace([server({ reach: { ...server().reach, state: 'unreachable' } }), munich])
    useTableView().groupBy = 'state'
    await flushPromises()
    expect(lines()).toEqual(['group-Running', 'INT-3', 'group-Server unavailable', 'INT-1', 'INT-2'])
  })

  it('show how many rows they have, and how many of them are in which state', async () => {
    const { table } = open()
    useSynchronizations().replace([...rows, row({ key: 'INT-4', health: 'error' })])
    useTableView().groupBy = 'server'
    await flushPromises()
    const head = table.get('[data-test=group-Vienna]')
    expect(head.get('.numeric').text()).toBe('3')
    expect(head.get('.bar').attributes('title')).toContain('2 Broken')
  })

  it('fold and unfold by click and by key, and are selected as one', async () => {
    const { table, lines } = open()
    useTableView().groupBy = 'server'
    await flushPromises()
    await table.get('[data-test=group-Vienna]').trigger('click')
    expect(lines()).toEqual(['group-Vienna', 'group-Munich', 'INT-3'])
    expect(table.attributes('role')).toBe('treegrid')
    expect(table.get('[data-test=group-Vienna]').attributes('aria-expanded')).toBe('false')
    await table.trigger('keydown', { key: ' ' })
    expect(useTableView().selectedRows.map(({ key }) => key)).toEqual(['INT-1', 'INT-2'])
    await table.trigger('keydown', { key: ' ' })
    expect(useTableView().selected.size).toBe(0)
    await table.trigger('keydown', { key: 'ArrowRight' })
    expect(lines()).toHaveLength(5)
    await table.trigger('keydown', { key: 'Enter' })
    expect(lines()).toHaveLength(3)
  })

  it('a range goes over heads, and takes no rows that are folded away', async () => {
    const { table } = open()
    useTableView().groupBy = 'server'
    await flushPromises()
    await table.trigger('keydown', { key: 'Home' })
    await table.trigger('keydown', { key: 'ArrowDown' })
    for (let step = 0; step < 3; step += 1) await table.trigger('keydown', { key: 'ArrowDown', shiftKey: true })
    expect(useTableView().selectedRows.map(({ key }) => key)).toEqual(['INT-1', 'INT-2', 'INT-3'])
  })

  it('have the keys until they are left, though the panel of a row is open', async () => {
    const { table, lines } = open()
    useTableView().groupBy = 'server'
    await flushPromises()
    await table.get('[data-test=row-INT-3]').trigger('click')
    await table.get('[data-test=group-Vienna]').trigger('click')
    await table.trigger('keydown', { key: 'Enter' })
    expect(lines()).toHaveLength(5)
    useSynchronizations().replace([...rows])
    await flushPromises()
    await table.trigger('keydown', { key: 'Enter' })
    expect(lines()).toEqual(['group-Vienna', 'group-Munich', 'INT-3'])
  })

  it('begin a range at the row below the head that was clicked', async () => {
    const { table } = open()
    useTableView().groupBy = 'server'
    await flushPromises()
    await table.get('[data-test=row-INT-1]').trigger('click')
    await table.get('[data-test=group-Munich]').trigger('click')
    await table.get('[data-test=group-Munich]').trigger('click')
    await table.trigger('keydown', { key: 'ArrowDown', shiftKey: true })
    expect(useTableView().selectedRows.map(({ key }) => key)).toEqual(['INT-3'])
  })

  it('are part of what is saved as a view, and absent from one without them', () => {
    show({ render: () => null }, {}, fill)
    const view = useTableView()
    expect('groupBy' in view.filter || 'thenBy' in view.filter).toBe(false)
    view.groupBy = 'state'
    view.sortThenBy('summary')
    const saved = view.filter
    view.groupBy = null
    view.sortBy('state')
    expect([view.items.some(isHead), view.thenBy]).toEqual([false, []])
    view.filter = saved
    expect([view.groupBy, view.thenBy]).toEqual(['state', [{ column: 'summary', isDescending: false }]])
  })
})

it('a further column orders what is alike, the other way at the second call, and no more at the third', () => {
  show({ render: () => null }, {}, fill)
  const view = useTableView()
  const further = () => view.thenBy.map(({ column, isDescending }) => `${column} ${isDescending}`)
  view.sortThenBy('key')
  expect(further()).toEqual([])
  view.sortThenBy('errors')
  expect(further()).toEqual(['errors true'])
  view.sortThenBy('errors')
  expect(further()).toEqual(['errors false'])
  view.sortThenBy('errors')
  expect(further()).toEqual([])
  for (const column of ['key', 'summary', 'server', 'age', 'since', 'why'] as const) view.sortThenBy(column)
  expect(further()).toHaveLength(3)
})

it('a click with Shift on a header sorts by it too, and each says which place it has', async () => {
  stubBridge()
  const table = show(SynchronizationTable, {}, fill)
  const header = (name: string) => table.get(`.col-${name}`)
  await header('server').get('button').trigger('click')
  expect(header('server').find('.place').exists()).toBe(false)
  await header('key').get('button').trigger('click', { shiftKey: true })
  expect(['server', 'key'].map((name) => header(name).get('.place').text())).toEqual(['1', '2'])
  expect(header('key').attributes('aria-sort')).toBe('ascending')
})

it('a facet counts what each of its values would show beside the others', () => {
  show({ render: () => null }, {}, fill)
  const view = useTableView()
  view.states = ['running']
  const { countOf } = view.listFilter
  expect([countOf('state', 'error'), countOf('state', 'running')]).toEqual([1, 2])
  expect([countOf('server', 's1'), countOf('server', 's2')]).toEqual([1, 1])
  view.text = 'munich'
  expect([countOf('state', 'error'), countOf('state', 'running')]).toEqual([0, 1])
})

it('a facet’s counts heed each of the others, and not itself', () => {
  show({ render: () => null }, {}, fill)
  useSynchronizations().replace([
    row({ key: 'INT-1' }),
    row({ key: 'INT-2', health: 'error', kind: 'distributed' }),
    row({ key: 'INT-3', serverId: 's2', kind: 'distributed' }),
  ])
  const view = useTableView()
  const { countOf } = view.listFilter
  const counts = () => [
    ['s1', 's2'].map((id) => countOf('server', id)),
    ['running', 'error'].map((state) => countOf('state', state)),
    ['centralized', 'distributed'].map((kind) => countOf('kind', kind)),
  ]
  view.serverIds = ['s1']
  expect(counts()).toEqual([
    [2, 1],
    [1, 1],
    [1, 1],
  ])
  view.kinds = ['distributed']
  expect(counts()).toEqual([
    [1, 1],
    [0, 1],
    [1, 1],
  ])
  view.states = ['running']
  expect(counts()).toEqual([
    [0, 1],
    [0, 1],
    [1, 0],
  ])
})

describe('the columns', () => {
  beforeEach(() => {
    stubBridge({ 'settings:set': (change) => ({ ...useSettings().current, ...(change as Partial<Settings>) }) })
  })

  it('are those that the user wants, in their order, and always those that identify a row', () => {
    expect(columnsFor(2000, 1, ['age', 'server', 'key']).map(({ id }) => id)).toEqual([
      'summary',
      'age',
      'server',
      'key',
    ])
  })

  it('are chosen and ordered in a menu, which commands open too', async () => {
    show(DisplayMenu, {}, fill)
    const run = (title: string) =>
      useCommandRegistry()
        .all.find((command) => command.title === title)
        ?.run?.()
    run('Columns')
    await flushPromises()
    const at = (name: string) => document.querySelector<HTMLElement>(`[data-test=${name}]`)
    expect(document.activeElement).toBe(at('display-menu'))
    const columns = () => useSettings().current.tableColumns
    at('column-why')?.click()
    await flushPromises()
    expect(columns()).not.toContain('why')
    at('earlier-key')?.click()
    await flushPromises()
    expect(columns().slice(0, 2)).toEqual(['key', 'state'])
    expect(at('column-key')).toBeNull()
    at('later-key')?.click()
    await flushPromises()
    expect(columns().slice(0, 2)).toEqual(['state', 'key'])
    at('column-why')?.click()
    await flushPromises()
    expect(columns().at(-1)).toBe('why')
    expect([at('earlier-state'), at('later-why')].map((button) => button?.hasAttribute('disabled'))).toEqual([
      true,
      true,
    ])
    at('usual-columns')?.click()
    await flushPromises()
    expect(columns()).toEqual([])
    run('Group by state')
    expect(useTableView().groupBy).toBe('state')
    at('group-by-project')?.click()
    await flushPromises()
    expect(useTableView().groupBy).toBe('project')
    at('group-by-none')?.click()
    await flushPromises()
    expect(useTableView().groupBy).toBeNull()
  })
})
