import { flushPromises } from '@vue/test-utils'
import { afterEach, expect, it, vi } from 'vitest'
import { COLUMNS, columnsFor } from '../../src-renderer/table/columns.ts'
import SynchronizationTable from '../../src-renderer/table/SynchronizationTable.vue'
import { useTableView } from '../../src-renderer/table/table-view.ts'
import { useServers } from '../../src-renderer/servers/servers.ts'
import { useSynchronizations } from '../../src-renderer/synchronizations/synchronizations.ts'
import { row, server, show } from './support.ts'

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

async function tableOf(width: number) {
  observed.length = 0
  const table = show(SynchronizationTable, {}, () => {
    useServers().replace([server()])
    useSynchronizations().replace([row({ key: 'INT-10' }), row({ key: 'INT-9' })])
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
    sort: (name: string) => table.findAll('[role=columnheader] button').find((button) => button.text() === name),
  }
}

it.each([1200, 859, 729, 629])('%i pixels wide, header, cells and tracks agree for every column', async (width) => {
  const { headers, cells, tracks } = await tableOf(width)
  const expected = [undefined, ...columnsFor(width).map(({ id }) => `col-${id}`)]
  expect(headers).toEqual(expected)
  expect(cells).toEqual([expected, expected])
  expect(tracks).toHaveLength(expected.length)
})

it('columns leave one after the other; state, key, summary and errors stay', () => {
  const ids = (width: number) => columnsFor(width).map(({ id }) => id)
  expect(ids(Infinity)).toEqual(COLUMNS.map(({ id }) => id))
  expect(ids(859)).toEqual(['state', 'key', 'summary', 'server', 'errors', 'age'])
  expect(ids(729)).toEqual(['state', 'key', 'summary', 'server', 'errors'])
  expect(ids(0)).toEqual(['state', 'key', 'summary', 'errors'])
})

it('every column has a name, and sorts by it', async () => {
  const { sort } = await tableOf(1200)
  const sorted: string[] = []
  for (const name of ['State', 'Key', 'Summary', 'Server', 'Projects', 'Errors', 'Age']) {
    // The arrow stands behind the name of the one that it is sorted by.
    await (sort(name) ?? sort(`${name} ↑`))?.trigger('click')
    sorted.push(useTableView().sort.column)
  }
  expect(sorted).toEqual(COLUMNS.map(({ id }) => id))
})
