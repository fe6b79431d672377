import { createPinia, setActivePinia, storeToRefs } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import { defaultSettings, type Settings } from '../../src-contract/settings.ts'
import { useActivityChoice } from '../../src-renderer/activity/activity-filter.ts'
import { keepShownLists } from '../../src-renderer/app/keep-shown.ts'
import { USUAL, useConflictChoice } from '../../src-renderer/conflicts/conflict-filter.ts'
import { useServers } from '../../src-renderer/servers/servers.ts'
import { useShownLists } from '../../src-renderer/ui/shown-lists.ts'
import { useTableView } from '../../src-renderer/table/table-view.ts'
import { server, stubBridge } from './support.ts'

/** A newly opened window: its stores know what was stored, and nothing else. */
function restart(servers = [server(), server({ id: 's2', name: 'Partner hub' })]): void {
  const { stored, chosen } = useShownLists()
  setActivePinia(createPinia())
  useShownLists().stored = { ...stored, ...chosen }
  stubBridge()
  useServers().replace(servers)
}
beforeEach(() => {
  setActivePinia(createPinia())
  restart()
})

const wanted = <Field extends string>(field: Field, value: string) => ({ field, value, isNegated: false })

describe('the table after a restart', () => {
  it('shows what it showed: filter, order, groups, and the columns of a saved view', async () => {
    const view = useTableView()
    view.text = 'agile'
    view.allConditions = [wanted('state', 'error'), wanted('user', 'backbone'), wanted('server', 's1')]
    view.sortBy('errors')
    view.groupBy = 'server'
    view.layout = { columns: ['state', 'errors'], widths: { errors: 90 } }
    await nextTick()
    const { filter } = view
    restart()
    expect([useTableView().filter, useTableView().layout]).toEqual([
      filter,
      { columns: ['state', 'errors'], widths: { errors: 90 } },
    ])
  })

  it('is not filtered by a server that is no longer there', async () => {
    useTableView().allConditions = [wanted('server', 's2'), { ...wanted('server', 's2'), isNegated: true }]
    await nextTick()
    restart([server()])
    expect(useTableView().isFiltering).toBe(false)
  })

  it.each(['{', '{"filter":{"text":1},"layout":null}', 'null'])('shows all rows where %s was stored', (stored) => {
    useShownLists().stored = { table: stored }
    restart()
    expect(useTableView().isFiltering).toBe(false)
  })
})

describe('the conflicts after a restart', () => {
  it('are filtered and grouped as they were', async () => {
    const { text, conditions, grouping } = storeToRefs(useConflictChoice())
    text.value = 'priority'
    conditions.value = [wanted('state', 'gone'), wanted('server', 's1'), { ...wanted('kind', 'x'), isNegated: true }]
    grouping.value = 'kind'
    await nextTick()
    restart()
    const after = useConflictChoice()
    expect([after.text, after.conditions, after.grouping]).toEqual([
      'priority',
      [wanted('state', 'gone'), wanted('server', 's1'), { ...wanted('kind', 'x'), isNegated: true }],
      'kind',
    ])
  })

  it('are not filtered by a server that is no longer there, nor by what cannot be', async () => {
    storeToRefs(useConflictChoice()).conditions.value = [...USUAL, wanted('server', 's2')]
    await nextTick()
    restart([server()])
    expect(useConflictChoice().conditions).toEqual(USUAL)
    restart()
    useShownLists().stored = { conflicts: '{"text":"","conditions":[{"field":"user"}],"grouping":"none"}' }
    expect(useConflictChoice().grouping).toBe('synchronization')
  })
})

it('the activity after a restart is filtered as it was, also by a server that left entries', async () => {
  const choice = useActivityChoice()
  choice.text = 'INT-2'
  choice.conditions = [wanted('outcome', 'failed'), wanted('server', 'gone')]
  await nextTick()
  restart()
  const after = useActivityChoice()
  expect([after.text, after.conditions]).toEqual(['INT-2', [wanted('outcome', 'failed'), wanted('server', 'gone')]])
})

it('the main process keeps what is shown, once the user pauses', async () => {
  vi.useFakeTimers()
  const asked = stubBridge({ 'settings:set': (change) => ({ ...defaultSettings, ...(change as Partial<Settings>) }) })
  keepShownLists()
  useTableView().text = 'a'
  await vi.advanceTimersByTimeAsync(299)
  useTableView().text = 'agile'
  await vi.advanceTimersByTimeAsync(300)
  expect(asked).toHaveLength(1)
  const { shownLists } = asked[0]?.args as Pick<Settings, 'shownLists'>
  expect(JSON.parse(shownLists.table ?? '')).toMatchObject({ filter: { text: 'agile' } })
})
