import { defineStore } from 'pinia'
import * as v from 'valibot'
import { computed, ref } from 'vue'
import {
  tableFilterSchema,
  tableLayoutSchema,
  type ColumnId,
  type FilterCondition,
  type FilterField,
  type Grouping,
  type Sort,
  type StateFilter,
  type TableFilter,
  type TableLayout,
} from '#contract/saved-views.ts'
import type { ServerId } from '#contract/ids.ts'
import type { Environment } from '#contract/servers.ts'
import { refId, type SynchronizationRow } from '#contract/synchronizations.ts'
import { serverCount, shownServers } from '../servers/filter-servers.ts'
import { useKnownTags } from '../notes/use-known-tags.ts'
import { isStale, useServers } from '../servers/servers.ts'
import { notedText } from '../text/search-text.ts'
import { createListFilter, type ListFilter } from '../ui/list-filter.ts'
import { useRemembered } from '../ui/use-remembered.ts'
import { sortsMostFirst, type CompareRows } from './columns.ts'
import { facetCountsOf } from './facets.ts'
import { choiceOf, conditionsOf, withKnownServers } from './filter-choice.ts'
import { tableRules, type FilterFacts, type FilterServer } from './filter-fields.ts'
import { groupRows, type TableItem } from './group-rows.ts'
import { rowTests, shownTest } from './row-tests.ts'
import { comparatorOf, sortRows } from './sort-rows.ts'
import { steadyItems } from './steady-items.ts'
import { readAtOf, useSynchronizations } from '../synchronizations/synchronizations.ts'

/** How many columns besides the first the rows can be sorted by. */
const MOST_FURTHER = 3

/** What the table shows, as kept across restarts. */
const shownSchema = v.strictObject({ filter: tableFilterSchema, layout: v.nullable(tableLayoutSchema) })

/** Filters, sorting, grouping and selection of the table. What is shown is kept across restarts. */
export const useTableView = defineStore('table-view', () => {
  const servers = useServers()
  const synchronizations = useSynchronizations()

  const text = ref('')
  const serverIds = ref<string[]>([])
  const environments = ref<Environment[]>([])
  const states = ref<StateFilter[]>([])
  const kinds = ref<SynchronizationRow['kind'][]>([])
  /** The conditions that are in none of these lists. */
  const conditions = ref<FilterCondition[]>([])
  const sort = ref<Sort>({ column: 'state', isDescending: false })
  const thenBy = ref<Sort[]>([])
  const groupBy = ref<Grouping | null>(null)
  /** The columns that a saved view brought with it; null while the user's own are shown. */
  const layout = ref<TableLayout | null>(null)
  /** The columns for which the table has room; null while there is no table. */
  const fitting = ref<ReadonlySet<ColumnId> | 'two-lines' | null>(null)
  /** Groups of which only the head is shown. */
  const folded = ref<ReadonlySet<string>>(new Set())
  const selected = ref(new Set<string>())

  /** Changes only with what rows depend on; servers change much more often. */
  const serverFacts = computed<readonly FilterServer[]>((previous) => {
    const next = servers.list.map((server) => ({
      id: server.id,
      name: server.name,
      environment: server.environment,
      baseUrl: server.baseUrl,
      isStale: isStale(server),
      noted: notedText(server).toLowerCase(),
      ...(server.tags !== undefined && { tags: server.tags }),
    }))
    return previous !== undefined && JSON.stringify(previous) === JSON.stringify(next) ? previous : next
  })
  const staleServers = computed(() => new Set(serverFacts.value.filter((server) => server.isStale).map(({ id }) => id)))

  const compare = computed(() => {
    const sorts = [sort.value, ...thenBy.value] as const
    if (sorts.every(({ column }) => column !== 'age')) return comparatorOf(sorts, serverFacts.value)
    // Only this order changes with each reading.
    const byId = servers.byId
    return comparatorOf(sorts, serverFacts.value, (row) => readAtOf(row, byId.get(row.serverId)))
  })
  let sortedBy: CompareRows | null = null
  /** All rows in order; filtering keeps the order, so that a keystroke does not sort. */
  const sorted = computed<readonly SynchronizationRow[]>((previous) => {
    const isSameOrder = sortedBy === compare.value
    sortedBy = compare.value
    return sortRows(synchronizations.rows, compare.value, isSameOrder ? previous : null)
  })

  const stateOf = (row: SynchronizationRow): StateFilter =>
    staleServers.value.has(row.serverId) ? 'not-asked' : row.health

  /** The same list while nothing was added or removed, so that anything derived from it stays as well. */
  const allTags = useKnownTags()
  const knownTags = computed<readonly string[]>((previous) =>
    previous !== undefined && previous.join() === allTags.value.join() ? previous : allTags.value,
  )
  const facts = computed((): FilterFacts => ({
    servers: new Map(serverFacts.value.map((server) => [server.id, server])),
    rows: () => sorted.value,
    stateOf,
    tags: () => knownTags.value,
  }))
  const rules = computed(() => tableRules(facts.value))
  /** All conditions alike: set whole, because one may take the place of another. */
  const allConditions = computed<readonly FilterCondition[]>({
    get: () =>
      conditionsOf({
        serverIds: serverIds.value,
        environments: environments.value,
        states: states.value,
        kinds: kinds.value,
        conditions: conditions.value,
      }),
    set: (next) => {
      const choice = choiceOf(next)
      serverIds.value = [...choice.serverIds]
      environments.value = [...choice.environments]
      states.value = [...choice.states]
      kinds.value = [...choice.kinds]
      conditions.value = [...choice.conditions]
    },
  })
  const listFilter: ListFilter<FilterField> = createListFilter({
    text,
    conditions: allConditions,
    rules,
    countOf: (field, value) => {
      const counts = facetCounts.value
      switch (field) {
        case 'server':
        case 'environment':
          return serverCount(field, value, serverFacts.value, counts.server)
        case 'state':
        case 'kind':
        case 'tag':
        case 'has':
          return counts[field].get(value) ?? 0
        default:
          return 0
      }
    },
    // Shows all rows, with the user’s own columns.
    onClear: () => {
      layout.value = null
    },
  })
  const search = computed(() => listFilter.reading)
  const ofServers = computed(() => shownServers(search.value.conditions, serverFacts.value))
  const tests = computed(() => rowTests(search.value.words, search.value.conditions, facts.value))
  const isFiltering = computed(() => listFilter.isFiltering)
  const visible = computed(() => (isFiltering.value ? sorted.value.filter(shownTest(tests.value)) : sorted.value))
  /** Counted only while they are shown. */
  const facetCounts = computed(() => facetCountsOf(sorted.value, tests.value, facts.value))
  /** Lines keep their places, whatever happens to their rows, until the user changes what is shown. */
  const isSteady = ref(false)
  const choices = computed(() => [filter.value, folded.value] as const)
  let itemsOf: typeof choices.value | null = null
  /** The lines of the table: the visible rows, below the heads of their groups. */
  const items = computed<readonly TableItem[]>((previous) => {
    const isSame = itemsOf === choices.value
    itemsOf = choices.value
    const fresh = groupRows(visible.value, groupBy.value, serverFacts.value, folded.value)
    if (!isSteady.value || !isSame || previous === undefined || previous === fresh) return fresh
    return steadyItems(previous, synchronizations.rows, visible.value) ?? fresh
  })

  /**
   * Everything that decides which rows are shown, and in which order. Setting it leaves the saved view that was shown.
   */
  const filter = computed<TableFilter>({
    get: () => ({
      text: text.value.trim(),
      serverIds: [...serverIds.value],
      environments: [...environments.value],
      states: [...states.value],
      kinds: [...kinds.value],
      ...(conditions.value.length > 0 && { conditions: conditions.value.map((condition) => ({ ...condition })) }),
      sort: { ...sort.value },
      ...(thenBy.value.length > 0 && { thenBy: thenBy.value.map((one) => ({ ...one })) }),
      ...(groupBy.value !== null && { groupBy: groupBy.value }),
    }),
    set: (chosen) => {
      text.value = chosen.text
      const { conditions: unlisted = [] } = chosen
      allConditions.value = conditionsOf({ ...chosen, conditions: unlisted.map((condition) => ({ ...condition })) })
      sort.value = { ...chosen.sort }
      thenBy.value = (chosen.thenBy ?? []).map((one) => ({ ...one }))
      groupBy.value = chosen.groupBy ?? null
      layout.value = null
    },
  })
  useRemembered(
    'table',
    shownSchema,
    () => ({ filter: filter.value, layout: layout.value }),
    (stored) => {
      filter.value = withKnownServers(stored.filter, (id) => servers.byId.has(id))
      layout.value = stored.layout
    },
  )
  const selectedRows = computed(() => [...selected.value].flatMap((id) => synchronizations.rows.get(id) ?? []))
  const hiddenSelectedCount = computed(() => {
    if (selected.value.size === 0) return 0
    const shown = new Set(visible.value.map(refId))
    return selectedRows.value.filter((row) => !shown.has(refId(row))).length
  })

  /** Shows only this server's rows, or all servers' for null; the other filters stay. */
  function showServer(serverId: ServerId | null): void {
    const others = allConditions.value.filter(({ field }) => field !== 'server' && field !== 'environment')
    allConditions.value =
      serverId === null ? others : [{ field: 'server', value: serverId, isNegated: false }, ...others]
  }

  /** Whether the filter lets rows of this server through. */
  function isServerShown(serverId: ServerId): boolean {
    return ofServers.value?.has(serverId) ?? true
  }

  function sortBy(column: Sort['column']): void {
    const isSame = sort.value.column === column
    sort.value = { column, isDescending: isSame ? !sort.value.isDescending : sortsMostFirst(column) }
    thenBy.value = []
  }

  /** Adds a column to sort by: in its usual order, reversed at the second call, removed at the third. */
  function sortThenBy(column: Sort['column']): void {
    if (column === sort.value.column) return
    const usual = sortsMostFirst(column)
    const known = thenBy.value.find((one) => one.column === column)
    if (known === undefined) thenBy.value = [...thenBy.value, { column, isDescending: usual }].slice(-MOST_FURTHER)
    else if (known.isDescending === usual)
      thenBy.value = thenBy.value.map((one) => (one === known ? { column, isDescending: !usual } : one))
    else thenBy.value = thenBy.value.filter((one) => one !== known)
  }

  function toggleFold(groupId: string): void {
    folded.value = toggled(folded.value, groupId)
  }

  /** Selects all of these rows, or none of them if all are. */
  function toggleAll(rows: readonly SynchronizationRow[]): void {
    selectAll(rows, !rows.every((row) => selected.value.has(refId(row))))
  }

  function toggle(id: string): void {
    selected.value = toggled(selected.value, id)
  }

  function selectAll(rows: readonly SynchronizationRow[], isSelected: boolean): void {
    const next = new Set(selected.value)
    for (const row of rows) {
      if (isSelected) next.add(refId(row))
      else next.delete(refId(row))
    }
    selected.value = next
  }

  const selectAllVisible = (isSelected: boolean): void => selectAll(visible.value, isSelected)

  function clearSelection(): void {
    selected.value = new Set()
  }

  return {
    text,
    serverIds,
    environments,
    states,
    kinds,
    conditions,
    sort,
    thenBy,
    groupBy,
    layout,
    fitting,
    selected,
    allConditions,
    listFilter,
    filter,
    facts,
    search,
    visible,
    items,
    isSteady,
    isFiltering,
    selectedRows,
    hiddenSelectedCount,
    staleServers,
    clearFilters: listFilter.clear,
    showServer,
    isServerShown,
    sortBy,
    sortThenBy,
    toggleFold,
    toggleAll,
    toggle,
    selectAllVisible,
    clearSelection,
  }
})

/** The set with this member, or without it if it was already there. */
function toggled(set: ReadonlySet<string>, member: string): Set<string> {
  const next = new Set(set)
  if (!next.delete(member)) next.add(member)
  return next
}
