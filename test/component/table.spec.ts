import { flushPromises } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { NMessageProvider } from 'naive-ui'
import { getActivePinia } from 'pinia'
import { createApp, h, nextTick, type App } from 'vue'
import { COLUMNS, USUAL_COLUMNS } from '../../src-renderer/table/columns.ts'
import { columnsFor, linesFor } from '../../src-renderer/table/fit-columns.ts'
import DisplayOptions from '../../src-renderer/table/DisplayOptions.vue'
import SynchronizationTable from '../../src-renderer/table/SynchronizationTable.vue'
import { useDrafts } from '../../src-renderer/panel/drafts.ts'
import { useTableView } from '../../src-renderer/table/table-view.ts'
import { useServers } from '../../src-renderer/servers/servers.ts'
import { useSynchronizations } from '../../src-renderer/synchronizations/synchronizations.ts'
import { NO_NOTE } from '../../src-contract/noted.ts'
import type { ColumnId } from '../../src-contract/saved-views.ts'
import { defaultSettings, type Settings } from '../../src-contract/settings.ts'
import { useSettings } from '../../src-renderer/settings/settings.ts'
import { foreign, message } from '../../src-contract/messages/message.ts'
import { row, server, show, side, stubBridge, stubSizes } from './support.ts'

const ERROR = message('synchronizations.states.error')

const resize = stubSizes()
let shown: ReturnType<typeof show> | undefined
afterEach(() => shown?.unmount())

async function tableOf(
  width: number,
  rows = [row({ key: 'INT-10' }), row({ key: 'INT-9' })],
  tableColumns: readonly ColumnId[] = [],
) {
  stubBridge({ 'settings:set': (change) => ({ ...defaultSettings, ...(change as Partial<Settings>) }) })
  const table = show(SynchronizationTable, {}, () => {
    useServers().replace([server()])
    useSynchronizations().replace(rows)
  })
  shown = table
  await useSettings().set({ tableColumns: [...tableColumns] })
  const element = table.get<HTMLElement>('[data-test=table]').element
  await resize(element, { offsetWidth: width, clientHeight: 600 })
  const columnOf = (cell: { classes: () => string[] }) => cell.classes().find((name) => name.startsWith('col-'))
  return {
    table,
    element,
    headers: table.findAll('[role=columnheader]').map(columnOf),
    cells: table.findAll('[data-test^=row-]').map((line) => line.findAll('[role=gridcell]').map(columnOf)),
    tracks: element.style
      .getPropertyValue('--columns')
      .replaceAll(/\([^)]*\)/g, '')
      .split(' '),
    texts: table.findAll('[data-test^=row-]').map((line) => line.text()),
    sort: (name: string) => table.findAll('[role=columnheader] button').find((button) => button.text() === name),
  }
}

/** The menu of columns beside the table that is shown, of the same window. */
function showOptions(): App {
  const pinia = getActivePinia()
  const app = createApp({ render: () => h(NMessageProvider, () => h(DisplayOptions)) })
  if (pinia !== undefined) app.use(pinia)
  app.mount(document.body.appendChild(document.createElement('div')))
  return app
}

it.each([1500, 1200, 939, 899, 629, 359])(
  '%i pixels wide, header, cells and tracks agree for every column',
  async (width) => {
    const { headers, cells, tracks } = await tableOf(width)
    const expected = [undefined, ...columnsFor(width, linesFor(width, 'auto')).map(({ id }) => `col-${id}`)]
    expect(headers).toEqual(expected)
    expect(cells).toEqual([expected, expected])
    expect(tracks).toHaveLength(expected.length)
  },
)

it('a chosen column without room is said to have none, and rows of two lines are explained', async () => {
  const said = async (width: number, columns: readonly ColumnId[]) => {
    await tableOf(width, undefined, columns)
    const app = showOptions()
    await nextTick()
    const names = [...document.querySelectorAll('[data-test^=no-room-]')].map((note) => note.getAttribute('data-test'))
    const isExplained = document.querySelector('[data-test=two-lines]') !== null
    app.unmount()
    return [names, isExplained]
  }
  expect(await said(1500, [])).toEqual([[], false])
  expect(await said(1250, [])).toEqual([['no-room-projects', 'no-room-age'], false])
  const many: ColumnId[] = ['state', 'key', 'summary', 'why', 'server', 'firstBaseUrl', 'secondBaseUrl', 'firstUser']
  expect((await said(1000, many))[0]).toContain('no-room-why')
  expect(await said(700, many)).toEqual([[], true])
})

it('columns leave one after the other; those that identify rows stay', () => {
  const ids = (width: number, lines: 1 | 2 = 1) => columnsFor(width, lines).map(({ id }) => id)
  expect(ids(Infinity)).toEqual(USUAL_COLUMNS.map(({ id }) => id))
  expect(ids(1399)).toEqual(['state', 'key', 'summary', 'why', 'server', 'projects', 'strip', 'errors', 'since'])
  expect(ids(1299)).toEqual(['state', 'key', 'summary', 'why', 'server', 'strip', 'errors', 'since'])
  expect(ids(1179)).toEqual(['state', 'key', 'summary', 'why', 'server', 'errors', 'since'])
  expect(ids(939)).toEqual(['state', 'key', 'summary', 'server', 'errors', 'since'])
  expect(ids(0)).toEqual(['state', 'key', 'summary', 'server', 'errors'])
  expect(ids(Infinity, 2)).toEqual(['state', 'summary', 'strip', 'errors', 'since'])
  // Beside a panel in a usual window, all of a reason is worth more.
  expect(ids(759, 2)).toEqual(['state', 'summary', 'errors', 'since'])
  expect(ids(0, 2)).toEqual(['state', 'summary'])
})

it('rows have two lines where there is little room, or where the user wants them', () => {
  expect([900, 899].map((width) => linesFor(width, 'auto'))).toEqual([1, 2])
  expect([2000, 300].map((width) => linesFor(width, 'one'))).toEqual([1, 1])
  expect([2000, 300].map((width) => linesFor(width, 'two'))).toEqual([2, 2])
})

it('a row of two lines says what identifies it, and why it is in its state', async () => {
  const { texts } = await tableOf(700, [
    row({ key: 'INT-9', summary: 'Broken', health: 'error', state: ERROR, reason: foreign('4 issues in error') }),
    row({ key: 'INT-10', summary: 'Fine' }),
  ])
  expect(texts[0]).toMatch(/Broken.*INT-9.*Vienna.*Broken · 4 issues in error/s)
  expect(texts[1]).toMatch(/Fine.*INT-10.*Vienna.*AP ⇄ PB/s)
})

it('a state that says only what to do has its reason', async () => {
  const { texts } = await tableOf(700, [
    row({ key: 'INT-9', health: 'attention', state: message('synchronizations.states.restartRequired') }),
  ])
  expect(texts[0]).toContain('Restart required · Changes take effect after a restart')
})

it('a row of two lines has its tags, those of its server, a sign of its note, and all of what is cut', async () => {
  const { table } = await tableOf(700, [
    row({ key: 'INT-9', tags: ['night shift'], note: { ...NO_NOTE, owner: 'Team Blue', text: 'Ask Petra first' } }),
    row({ key: 'INT-10', health: 'error', state: ERROR, reason: foreign('4 issues in error') }),
  ])
  useServers().replace([server({ tags: ['acme'] })])
  await flushPromises()
  const [broken, noted] = table.findAll('[data-test^=row-]')
  expect(noted?.findAll('.row-tag').map((tag) => [tag.text(), tag.classes('of-server')])).toEqual([
    ['night shift', false],
    ['acme', true],
  ])
  expect(noted?.get('.row-tags').attributes('title')).toBe('night shift, acme')
  expect(noted?.get('.note-sign').attributes('title')).toBe('Owner: Team Blue\nAsk Petra first')
  expect(broken?.find('.note-sign').exists()).toBe(false)
  expect(broken?.get('.why').attributes('title')).toBe('Broken · 4 issues in error')
})

it('a row of one line has its tags beside its name, unless they have a column', async () => {
  const marks = async (columns: readonly ColumnId[]) => {
    const { table } = await tableOf(1700, [row({ key: 'INT-9', tags: ['acme'] })], columns)
    const found = [table.findAll('.summary .row-tag').length, table.findAll('.col-tags .row-tag').length]
    table.unmount()
    return found
  }
  expect(await marks([])).toEqual([1, 0])
  expect(await marks(['state', 'tags'])).toEqual([0, 1])
})

it('what is clicked stays under the pointer where rows get two lines, and back', async () => {
  const { table, element } = await tableOf(
    1056,
    Array.from({ length: 60 }, (_, index) => row({ key: `INT-${index + 1}` })),
  )
  const heightOf = () => Number.parseInt(element.style.getPropertyValue('--row-height'))
  const [before, place] = [heightOf(), 9]
  element.scrollTop = 100
  element.dispatchEvent(new Event('scroll'))
  await table.findAll('[data-test^=row-]')[place]?.trigger('click')
  await resize(element, { offsetWidth: 675 })
  expect(heightOf()).toBeGreaterThan(before)
  expect(element.scrollTop).toBe(100 + place * (heightOf() - before))
  element.dispatchEvent(new Event('scroll'))
  await resize(element, { offsetWidth: 1056 })
  expect(element.scrollTop).toBe(100)
  // The cursor is out of sight: the first row that is in sight stays.
  element.scrollTop = 32 * 20
  element.dispatchEvent(new Event('scroll'))
  await resize(element, { offsetWidth: 675 })
  expect(element.scrollTop).toBe(20 * heightOf())
})

it.each([1000, 700])('a row with changes that were not sent says so, %i pixels wide', async (width) => {
  const { table } = await tableOf(width)
  const target = { serverId: row().serverId, key: 'INT-9' }
  const signs = () =>
    table.findAll('.draft-sign').map((sign) => sign.element.closest('[role=row]')?.getAttribute('data-test'))
  expect(signs()).toEqual([])
  useDrafts().set(target, { summary: 'A' }, 'summary', 'B')
  await nextTick()
  expect(signs()).toEqual(['row-INT-9'])
  expect(table.get('.draft-sign').attributes('aria-label')).toBe('Has changes that have not been sent')
  useDrafts().set(target, { summary: 'A' }, 'summary', 'A')
  await nextTick()
  expect(signs()).toEqual([])
})

it('a beginning that was not seen is shown as the least it can be', async () => {
  const since = Date.now() - 2 * 3_600_000 - 90_000
  const { texts } = await tableOf(700, [row({ key: 'A', since }), row({ key: 'B', since, isSinceSeen: false })])
  expect(texts.map((text) => /(≥ )?2 h/.exec(text)?.[0])).toEqual(['2 h', '≥ 2 h'])
})

it('since when is shown from the first minute on', async () => {
  const since = Date.now() - 5_000
  const { texts } = await tableOf(700, [row({ key: 'A', since }), row({ key: 'B', since, isSinceSeen: false })])
  expect(texts.map((text) => /(now|just seen)$/.exec(text)?.[0])).toEqual(['now', 'just seen'])
})

it.each(['errors', 'newConflicts'] as const)(
  'of %s, none is a dash, and what nobody knows is no dash',
  async (column) => {
    const numberOf = (count: number | null) => ({ issuesInError: count, newConflictCount: count })
    await tableOf(
      3000,
      [row({ key: 'A', ...numberOf(0) }), row({ key: 'B', ...numberOf(null) }), row({ key: 'C', ...numberOf(1200) })],
      COLUMNS.map(({ id }) => id),
    )
    const cells = ['A', 'B', 'C'].map((key) =>
      document.querySelector<HTMLElement>(`[data-test=row-${key}] .col-${column}`),
    )
    expect(cells.map((cell) => cell?.textContent)).toEqual(['–', '?', '1,200'])
    expect(cells.map((cell) => cell?.title !== '')).toEqual([false, true, false])
  },
)

it('every column has a name, and sorts by it where there is an order in it', async () => {
  const { sort } = await tableOf(
    3000,
    undefined,
    COLUMNS.map(({ id }) => id),
  )
  const sorted: string[] = []
  for (const name of [
    'State',
    'Key',
    'Summary',
    'Why',
    'Server',
    'Projects',
    'Errors',
    'New conflicts',
    'Since',
    'Age',
    'Tags',
    'First sync user',
    'Second sync user',
    'First base URL',
    'Second base URL',
  ]) {
    await sort(name)?.trigger('click')
    sorted.push(useTableView().sort.column)
  }
  expect(sorted).toEqual(COLUMNS.map(({ id }) => id).filter((id) => id !== 'strip'))
})

describe('the columns beyond the usual ones', () => {
  const rows = [
    row({
      key: 'INT-1',
      newConflictCount: 2,
      first: side('A', 'A', { user: 'sync-b', baseUrl: 'https://jira.vienna.example/jira-production' }),
      second: side('B', 'B', { user: '', baseUrl: 'http://jira.graz.example' }),
    }),
    row({
      key: 'INT-2',
      newConflictCount: 7,
      first: side('C', 'C', { user: 'sync-a', baseUrl: 'https://jira.acme.example' }),
    }),
    row({ key: 'INT-3', kind: 'distributed', second: null, first: side('D', 'D', { user: '', baseUrl: '' }) }),
  ]
  const cell = (key: string, column: string) =>
    document.querySelector<HTMLElement>(`[data-test=row-${key}] .col-${column}`)
  const keys = () => useTableView().visible.map(({ key }) => key)

  it('are hidden until somebody wants them', async () => {
    const { headers } = await tableOf(3000, rows)
    expect(headers).not.toContain('col-newConflicts')
    expect(headers.filter((name) => /User|BaseUrl/.test(name ?? ''))).toEqual([])
  })

  it('show new conflicts, users and addresses, and where nothing is known', async () => {
    const extras = COLUMNS.filter(({ id, isExtra }) => isExtra && id !== 'tags').map(({ id }) => id)
    await tableOf(3000, rows, extras)
    const texts = (key: string) => extras.map((id) => cell(key, id)?.textContent)
    expect(texts('INT-1')).toEqual([
      '2',
      'sync-b',
      '–',
      'jira.vienna.example/jira-production',
      'http://jira.graz.example',
    ])
    expect(texts('INT-3')).toEqual(['?', '–', '–', '–', '–'])
    expect(extras.map((id) => cell('INT-3', id)?.title)).toEqual([
      'The conflicts have not been read yet',
      ...Array.from({ length: 4 }, () => 'Not reported by the server'),
    ])
    expect(cell('INT-1', 'firstBaseUrl')?.title).toBe('https://jira.vienna.example/jira-production')
    expect(cell('INT-1', 'firstBaseUrl')?.querySelector('.end')?.textContent, 'stays where it is cut').toBe(
      'production',
    )
  })

  it('sort: the most new conflicts first, and what nobody knows last', async () => {
    await tableOf(3000, rows)
    const view = useTableView()
    view.sortBy('newConflicts')
    expect(keys()).toEqual(['INT-2', 'INT-1', 'INT-3'])
    view.sortBy('firstUser')
    expect(keys()).toEqual(['INT-2', 'INT-1', 'INT-3'])
    view.sortBy('secondBaseUrl')
    expect(keys()).toEqual(['INT-1', 'INT-2', 'INT-3'])
    view.sortBy('firstBaseUrl')
    expect(keys()).toEqual(['INT-2', 'INT-1', 'INT-3'])
  })

  it('stay longer than most of the usual ones where there is no room for all, and never push the summary out', () => {
    const usual = columnsFor(Infinity, 1).map(({ id }) => id)
    const ids = (width: number) => columnsFor(width, 1, [...usual, 'firstBaseUrl']).map(({ id }) => id)
    expect(ids(3000)).toEqual([...usual, 'firstBaseUrl'])
    expect(ids(1060)).toEqual(['state', 'key', 'summary', 'server', 'errors', 'since', 'firstBaseUrl'])
    expect(ids(0)).toEqual(['state', 'key', 'summary', 'server', 'errors'])
  })
})

it('rows stay under the pointer while it moves, and get in order when it rests or leaves', async () => {
  vi.useFakeTimers()
  try {
    await tableOf(1500)
    const keys = () => shown?.findAll('[data-test^=row-]').map((line) => line.attributes('data-test'))
    const break10 = async (health: 'error' | 'running'): Promise<void> => {
      useSynchronizations().apply({ put: [row({ key: 'INT-10', health })], removed: [] })
      await nextTick()
    }
    const rows = () => shown?.get('.rows')
    const inOrder = ['row-INT-9', 'row-INT-10']
    expect(keys()).toEqual(inOrder)
    await rows()?.trigger('pointermove')
    await break10('error')
    expect(keys()).toEqual(inOrder)
    await vi.advanceTimersByTimeAsync(2_900)
    await rows()?.trigger('pointerdown')
    await vi.advanceTimersByTimeAsync(2_900)
    expect(keys()).toEqual(inOrder)
    await vi.advanceTimersByTimeAsync(200)
    expect(keys()).toEqual(inOrder.toReversed())
    await rows()?.trigger('pointermove')
    await break10('running')
    expect(keys()).toEqual(inOrder.toReversed())
    await rows()?.trigger('pointerleave')
    expect(keys()).toEqual(inOrder)
  } finally {
    vi.useRealTimers()
  }
})

it('the keyboard stays on its row, wherever the row moves', async () => {
  await tableOf(1500)
  const table = shown?.get('[data-test=table]')
  await table?.trigger('keydown', { key: 'ArrowDown' })
  expect(table?.attributes('aria-activedescendant')).toBe('row-s1-INT-10')
  useSynchronizations().apply({ put: [row({ key: 'INT-10', health: 'error' })], removed: [] })
  await nextTick()
  expect(table?.attributes('aria-activedescendant')).toBe('row-s1-INT-10')
  await table?.trigger('keydown', { key: ' ' })
  expect(useTableView().selectedRows.map(({ key }) => key)).toEqual(['INT-10'])
})

it('only rows that look different are rendered again', async () => {
  const rendered: string[] = []
  const [state] = USUAL_COLUMNS
  if (state === undefined) throw new Error('There are no columns')
  const { cell } = state
  const spy = vi.spyOn(state, 'cell').mockImplementation((facts) => {
    rendered.push(facts.row.key)
    return cell(facts)
  })
  await tableOf(
    1200,
    ['INT-1', 'INT-2', 'INT-3', 'INT-4'].map((key) => row({ key })),
  )
  const table = shown?.get('[data-test=table]')
  const renderedBy = async (act: () => Promise<void> | undefined) => {
    rendered.length = 0
    await act()
    return rendered.toSorted()
  }
  expect(await renderedBy(() => table?.trigger('keydown', { key: 'ArrowDown' }))).toEqual(['INT-1', 'INT-2'])
  expect(await renderedBy(() => table?.trigger('keydown', { key: ' ' }))).toEqual(['INT-2'])
  expect(await renderedBy(() => shown?.get('[data-test=row-INT-4]').trigger('click'))).toEqual(['INT-2', 'INT-4'])
  spy.mockRestore()
})
