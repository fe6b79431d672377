import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import type { Sort, StateFilter, TableFilter } from '#contract/saved-views.ts'
import type { Environment } from '#contract/servers.ts'
import type { SynchronizationRow } from '#contract/synchronizations.ts'
import { isStale, useServers } from '../servers/servers.ts'
import { searchText, wordsOf } from '../text/search-text.ts'
import type { CompareRows } from './columns.ts'
import { comparatorOf, sortRows, type ServerFact } from './sort-rows.ts'
import { readAtOf, rowId, useSynchronizations } from '../synchronizations/synchronizations.ts'

/** Filters, sorting and selection of the table. */
export const useTableView = defineStore('table-view', () => {
  const servers = useServers()
  const synchronizations = useSynchronizations()

  const text = ref('')
  const serverIds = ref<string[]>([])
  const environments = ref<Environment[]>([])
  const states = ref<StateFilter[]>([])
  const kinds = ref<SynchronizationRow['kind'][]>([])
  const sort = ref<Sort>({ column: 'state', isDescending: false })
  const selected = ref(new Set<string>())

  /** Recomputed only when something changed that rows depend on; servers change much more often. */
  const serverFacts = computed<readonly (ServerFact & { readonly environment: Environment })[]>((previous) => {
    const next = servers.list.map((server) => ({
      id: server.id,
      name: server.name,
      environment: server.environment,
      isStale: isStale(server),
    }))
    return previous !== undefined && JSON.stringify(previous) === JSON.stringify(next) ? previous : next
  })
  const staleServers = computed(() => new Set(serverFacts.value.filter((server) => server.isStale).map(({ id }) => id)))

  const compare = computed(() => {
    if (sort.value.column !== 'age') return comparatorOf(sort.value, serverFacts.value)
    // Only this order depends on each reading.
    const byId = servers.byId
    return comparatorOf(sort.value, serverFacts.value, (row) => readAtOf(row, byId.get(row.serverId)))
  })
  let sortedBy: CompareRows | null = null
  /** All rows in order; filtering keeps the order, so that a keystroke does not sort. */
  const sorted = computed<readonly SynchronizationRow[]>((previous) => {
    const isSameOrder = sortedBy === compare.value
    sortedBy = compare.value
    return sortRows(synchronizations.rows, compare.value, isSameOrder ? previous : null)
  })

  const visible = computed(() => {
    if (!isFiltering.value) return sorted.value
    const words = wordsOf(text.value)
    const serverWords = new Map(serverFacts.value.map(({ id, name }) => [id, name.toLowerCase()]))
    const isAnyServer = serverIds.value.length === 0 && environments.value.length === 0
    const ofServers = new Set([
      ...serverIds.value,
      ...serverFacts.value.filter(({ environment }) => environments.value.includes(environment)).map(({ id }) => id),
    ])
    const ofStates = new Set(states.value)
    const ofKinds = new Set(kinds.value)
    return sorted.value.filter(
      (row) =>
        (isAnyServer || ofServers.has(row.serverId)) &&
        (ofKinds.size === 0 || ofKinds.has(row.kind)) &&
        (ofStates.size === 0 || ofStates.has(staleServers.value.has(row.serverId) ? 'not-asked' : row.health)) &&
        (words.length === 0 ||
          words.every(
            (word) => searchText(row).includes(word) || (serverWords.get(row.serverId)?.includes(word) ?? false),
          )),
    )
  })

  const isFiltering = computed(
    () =>
      text.value.trim() !== '' ||
      serverIds.value.length > 0 ||
      environments.value.length > 0 ||
      states.value.length > 0 ||
      kinds.value.length > 0,
  )
  /** Everything that decides which rows are shown, and in which order. */
  const filter = computed<TableFilter>({
    get: () => ({
      text: text.value.trim(),
      serverIds: [...serverIds.value],
      environments: [...environments.value],
      states: [...states.value],
      kinds: [...kinds.value],
      sort: { ...sort.value },
    }),
    set: (chosen) => {
      text.value = chosen.text
      serverIds.value = [...chosen.serverIds]
      environments.value = [...chosen.environments]
      states.value = [...chosen.states]
      kinds.value = [...chosen.kinds]
      sort.value = { ...chosen.sort }
    },
  })
  const selectedRows = computed(() => [...selected.value].flatMap((id) => synchronizations.rows.get(id) ?? []))
  const hiddenSelectedCount = computed(() => {
    if (selected.value.size === 0) return 0
    const shown = new Set(visible.value.map(rowId))
    return selectedRows.value.filter((row) => !shown.has(rowId(row))).length
  })

  function clearFilters(): void {
    text.value = ''
    serverIds.value = []
    environments.value = []
    states.value = []
    kinds.value = []
  }

  /** Shows only this server's rows, or all servers' for null; the other filters stay. */
  function showServer(serverId: string | null): void {
    serverIds.value = serverId === null ? [] : [serverId]
    environments.value = []
  }

  /** Whether the filter lets rows of this server through. */
  function isServerShown(serverId: string): boolean {
    if (serverIds.value.length === 0 && environments.value.length === 0) return true
    const environment = servers.byId.get(serverId)?.environment
    return serverIds.value.includes(serverId) || (environment !== undefined && environments.value.includes(environment))
  }

  function sortBy(column: Sort['column']): void {
    const isSame = sort.value.column === column
    sort.value = { column, isDescending: isSame ? !sort.value.isDescending : column === 'errors' }
  }

  function toggle(id: string): void {
    const next = new Set(selected.value)
    if (!next.delete(id)) next.add(id)
    selected.value = next
  }

  function selectAllVisible(isSelected: boolean): void {
    const next = new Set(selected.value)
    for (const row of visible.value) {
      if (isSelected) next.add(rowId(row))
      else next.delete(rowId(row))
    }
    selected.value = next
  }

  function clearSelection(): void {
    selected.value = new Set()
  }

  return {
    text,
    serverIds,
    environments,
    states,
    kinds,
    sort,
    selected,
    filter,
    visible,
    isFiltering,
    selectedRows,
    hiddenSelectedCount,
    staleServers,
    clearFilters,
    showServer,
    isServerShown,
    sortBy,
    toggle,
    selectAllVisible,
    clearSelection,
  }
})
