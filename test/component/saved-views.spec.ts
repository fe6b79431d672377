import { flushPromises } from '@vue/test-utils'
import * as v from 'valibot'
import { expect, it } from 'vitest'
import { defineComponent, h } from 'vue'
import { savedViewsSchema, type SavedView } from '../../src-contract/saved-views.ts'
import { defaultSettings, type Settings } from '../../src-contract/settings.ts'
import { useServers } from '../../src-renderer/servers/servers.ts'
import { useSettings } from '../../src-renderer/settings/settings.ts'
import { useSynchronizations } from '../../src-renderer/synchronizations/synchronizations.ts'
import DisplayOptions from '../../src-renderer/table/DisplayOptions.vue'
import SavedViewList from '../../src-renderer/table/SavedViews.vue'
import SaveView from '../../src-renderer/table/SaveView.vue'
import { useTableView } from '../../src-renderer/table/table-view.ts'
import { useSavedViews, type SavedViews } from '../../src-renderer/table/use-saved-views.ts'
import { useColumnWidths, type ChosenWidths } from '../../src-renderer/table/use-column-widths.ts'
import { useNavigation } from '../../src-renderer/ui/navigation.ts'
import { row, server, show, stubBridge, type } from './support.ts'

/** One that an earlier version stored. */
const old: SavedView = {
  name: 'Old',
  filter: {
    text: '',
    serverIds: [],
    environments: [],
    states: ['error'],
    kinds: [],
    sort: { column: 'key', isDescending: true },
  },
}

/** A window with these settings, and what it can do with saved views and widths. */
async function begin(stored: Partial<Settings> = {}) {
  let settings: Settings = { ...defaultSettings, ...stored }
  stubBridge({
    'settings:set': (change) => (settings = { ...settings, ...(change as Partial<Settings>) }),
  })
  const made: { saved?: SavedViews; sizing?: ChosenWidths } = {}
  const Use = defineComponent(() => {
    made.saved = useSavedViews()
    made.sizing = useColumnWidths()
    return () => [h(DisplayOptions), h(SaveView)]
  })
  show(Use, {}, () => {
    useServers().replace([server()])
    useSynchronizations().replace([row()])
    useNavigation().view = 'synchronizations'
  })
  await useSettings().set(stored)
  await flushPromises()
  const { saved, sizing } = made
  if (saved === undefined || sizing === undefined) throw new Error('Nothing was mounted')
  return { saved, sizing, stored: () => settings }
}

async function click(name: string): Promise<void> {
  document.querySelector<HTMLElement>(`[data-test="${name}"]`)?.click()
  await flushPromises()
}

async function save(name: string): Promise<void> {
  await click('save-view')
  await type('Name', name)
  await click('confirm-view')
}

it('a view keeps filter, order, groups, columns and widths, and brings all of them back', async () => {
  const { saved, sizing, stored } = await begin()
  const view = useTableView()
  view.text = '-payroll state:broken has:errors'
  view.listFilter.takeOver()
  view.sortBy('key')
  view.sortThenBy('since')
  view.groupBy = 'server'
  await click('column-why')
  await sizing.keep({ server: 300 })
  await save('All of it')
  const [kept] = stored().savedViews
  expect(kept?.layout?.columns).not.toContain('why')
  expect(kept?.layout?.widths).toEqual({ server: 300 })
  expect(v.parse(savedViewsSchema, JSON.parse(JSON.stringify(stored().savedViews)))).toEqual(stored().savedViews)
  expect(saved.current.value?.name).toBe('All of it')

  view.clearFilters()
  view.groupBy = null
  view.sortBy('state')
  await click('usual-columns')
  await sizing.reset(['server'])
  expect(saved.current.value).toBeUndefined()
  if (kept === undefined) throw new Error('Nothing was kept')
  saved.show(kept)
  await flushPromises()
  expect(view.filter).toEqual(kept.filter)
  expect(sizing.widths.value).toEqual({ server: 300 })
  expect(document.querySelector('[data-test=column-why]')?.getAttribute('aria-checked')).toBe('false')
  expect(saved.current.value?.name).toBe('All of it')
})

it('a view lends its columns: the user’s own are back once it is left', async () => {
  const own = { tableColumns: ['age', 'key', 'summary', 'server'] as const, columnWidths: { age: 90 } }
  const { saved, sizing, stored } = await begin({ ...own, tableColumns: [...own.tableColumns] })
  const lent: SavedView = { ...old, name: 'Lent', layout: { columns: ['state', 'why'], widths: { why: 400 } } }
  saved.show(lent)
  expect(sizing.widths.value).toEqual({ why: 400 })
  await sizing.keep({ state: 120 })
  await click('column-errors')
  expect(useTableView().layout).toMatchObject({ widths: { why: 400, state: 120 } })
  expect([stored().tableColumns, stored().columnWidths]).toEqual([own.tableColumns, own.columnWidths])
  useTableView().clearFilters()
  expect(sizing.widths.value).toEqual({ age: 90 })
  await sizing.keep({ key: 80 })
  expect(stored().columnWidths).toEqual({ age: 90, key: 80 })
})

it('one of an earlier version has no columns, and leaves those that are there', async () => {
  const { saved, sizing } = await begin({ savedViews: [old], columnWidths: { age: 90 } })
  saved.show({ ...old, name: 'Lent', layout: { columns: ['state', 'why'], widths: { why: 400 } } })
  saved.show(old)
  expect(sizing.widths.value).toEqual({ why: 400 })
  expect(saved.current.value?.name).toBe('Old')
  useTableView().clearFilters()
  saved.show(old)
  expect(sizing.widths.value).toEqual({ age: 90 })
  expect(saved.current.value?.name).toBe('Old')
})

it('of two with the same rows, the one with these columns is the current one; other columns can be saved', async () => {
  const layout = { columns: ['state' as const], widths: { state: 100, key: 90 } }
  const views = [
    { ...old, layout: { columns: [], widths: {} } },
    { ...old, name: 'Narrow', layout },
  ]
  const { saved, sizing } = await begin({ savedViews: views })
  saved.show({ ...old, layout: { columns: ['state'], widths: { key: 90, state: 100 } } })
  expect([saved.current.value?.name, saved.canSave.value]).toEqual(['Narrow', false])
  await sizing.keep({ key: 200 })
  expect([saved.current.value?.name, saved.canSave.value]).toEqual([undefined, true])
})

it('forgets the servers that are gone, also those that it left out', async () => {
  const { saved } = await begin()
  const condition = { field: 'server' as const, isNegated: true }
  const filter = {
    ...old.filter,
    conditions: [
      { ...condition, value: 's1' },
      { ...condition, value: 'gone' },
    ],
  }
  saved.show({ ...old, filter })
  expect(useTableView().conditions).toEqual([{ ...condition, value: 's1' }])
})

it('nothing is headed where there are no views and none can be saved', async () => {
  stubBridge({ 'settings:set': (change) => ({ ...defaultSettings, ...(change as Partial<Settings>) }) })
  const list = show(SavedViewList, {}, () => {
    useServers().replace([server()])
    useSynchronizations().replace([row()])
    useNavigation().view = 'synchronizations'
  })
  expect(list.find('h2').exists()).toBe(false)
  useTableView().text = 'payroll'
  await flushPromises()
  expect(list.get('h2').text()).toBe('Saved views')
  expect(list.find('[data-test=save-view]').exists()).toBe(true)
  useTableView().text = ''
  await useSettings().set({ savedViews: [old] })
  await flushPromises()
  expect(list.get('h2').text()).toBe('Saved views')
})
