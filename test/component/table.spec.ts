import { flushPromises } from '@vue/test-utils'
import { afterEach, expect, it, vi } from 'vitest'
import { COLUMNS, columnsFor, linesFor } from '../../src-renderer/table/columns.ts'
import SynchronizationTable from '../../src-renderer/table/SynchronizationTable.vue'
import { useTableView } from '../../src-renderer/table/table-view.ts'
import { useServers } from '../../src-renderer/servers/servers.ts'
import { useSynchronizations } from '../../src-renderer/synchronizations/synchronizations.ts'
import { foreign, message } from '../../src-contract/messages/message.ts'
import { row, server, show } from './support.ts'

const ERROR = message('synchronizations.states.error')

const observed: { tell: () => void; element: Element }[] = []
vi.stubGlobal(
  'ResizeObserver',
  class {
    readonly #tell: () => void
    constructor(tell: () => void) {
      this.#tell = tell
    }
    observe = (element: Element) => observed.push({ tell: this.#tell, element })
    disconnect = (): void => undefined
  },
)
let shown: ReturnType<typeof show> | undefined
afterEach(() => shown?.unmount())

async function tableOf(width: number, rows = [row({ key: 'INT-10' }), row({ key: 'INT-9' })]) {
  observed.length = 0
  const table = show(SynchronizationTable, {}, () => {
    useServers().replace([server()])
    useSynchronizations().replace(rows)
  })
  shown = table
  const element = table.get<HTMLElement>('[data-test=table]').element
  Object.defineProperties(element, { offsetWidth: { value: width }, clientHeight: { value: 600 } })
  for (const { tell } of observed) tell()
  await flushPromises()
  const columnOf = (cell: { classes: () => string[] }) => cell.classes().find((name) => name.startsWith('col-'))
  return {
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

it('columns leave one after the other; what tells rows apart stays', () => {
  const ids = (width: number, lines: 1 | 2 = 1) => columnsFor(width, lines).map(({ id }) => id)
  expect(ids(Infinity)).toEqual(COLUMNS.map(({ id }) => id))
  expect(ids(1399)).toEqual(['state', 'key', 'summary', 'why', 'server', 'projects', 'strip', 'errors', 'since'])
  expect(ids(1299)).toEqual(['state', 'key', 'summary', 'why', 'server', 'strip', 'errors', 'since'])
  expect(ids(1179)).toEqual(['state', 'key', 'summary', 'why', 'server', 'errors', 'since'])
  expect(ids(939)).toEqual(['state', 'key', 'summary', 'server', 'errors', 'since'])
  expect(ids(0)).toEqual(['state', 'key', 'summary', 'server', 'errors'])
  expect(ids(Infinity, 2)).toEqual(['state', 'summary', 'strip', 'errors', 'since'])
  expect(ids(0, 2)).toEqual(['state', 'summary'])
})

it('rows have two lines where there is little room, or where the user wants them', () => {
  expect([900, 899].map((width) => linesFor(width, 'auto'))).toEqual([1, 2])
  expect([2000, 300].map((width) => linesFor(width, 'one'))).toEqual([1, 1])
  expect([2000, 300].map((width) => linesFor(width, 'two'))).toEqual([2, 2])
})

it('a row of two lines says what tells it from others, and why it is as it is', async () => {
  const { texts } = await tableOf(700, [
    row({ key: 'INT-9', summary: 'Broken', health: 'error', state: ERROR, reason: foreign('4 issues in error') }),
    row({ key: 'INT-10', summary: 'Fine' }),
  ])
  expect(texts[0]).toMatch(/Broken.*INT-9.*Vienna.*Error · 4 issues in error/s)
  expect(texts[1]).toMatch(/Fine.*INT-10.*Vienna.*AP ⇄ PB/s)
})

it('a beginning that was not seen is told as the least it can be', async () => {
  const since = Date.now() - 2 * 3_600_000 - 90_000
  const { texts } = await tableOf(700, [row({ key: 'A', since }), row({ key: 'B', since, isSinceSeen: false })])
  expect(texts.map((text) => /(≥ )?2 h/.exec(text)?.[0])).toEqual(['2 h', '≥ 2 h'])
})

it('every column has a name, and sorts by it where there is an order in it', async () => {
  const { sort } = await tableOf(1500)
  const sorted: string[] = []
  for (const name of ['State', 'Key', 'Summary', 'Why', 'Server', 'Projects', 'Errors', 'Since', 'Age']) {
    await sort(name)?.trigger('click')
    sorted.push(useTableView().sort.column)
  }
  expect(sorted).toEqual(COLUMNS.map(({ id }) => id).filter((id) => id !== 'strip'))
})
