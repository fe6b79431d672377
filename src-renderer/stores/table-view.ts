import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import type { Health, SynchronizationRow } from '#contract/synchronizations.ts'
import { isStale, useServers } from './servers.ts'
import { rowId, useSynchronizations } from './synchronizations.ts'

export type SortColumn = 'state' | 'key' | 'summary' | 'server' | 'projects' | 'errors' | 'age'
export type StateFilter = Health | 'not-asked'

const HEALTH_ORDER: readonly Health[] = ['error', 'attention', 'transition', 'unknown', 'running', 'stopped']
const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })

/** Filters, sorting and selection of the table. */
export const useTableView = defineStore('table-view', () => {
  const servers = useServers()
  const synchronizations = useSynchronizations()

  const text = ref('')
  const serverIds = ref<string[]>([])
  const states = ref<StateFilter[]>([])
  const kinds = ref<SynchronizationRow['kind'][]>([])
  const sort = ref<{ column: SortColumn; isDescending: boolean }>({ column: 'state', isDescending: false })
  const activeId = ref<string | null>(null)
  /** Panels that stay open when another row is chosen. */
  const pinnedIds = ref<string[]>([])
  /** The panel that fills the window in place of the table. */
  const fullId = ref<string | null>(null)
  const selected = ref(new Set<string>())

  const staleServers = computed(() => new Set(servers.list.filter(isStale).map(({ id }) => id)))
  const serverNames = computed(() => new Map(servers.list.map(({ id, name }) => [id, name])))

  const filtered = computed(() => {
    const words = text.value.toLowerCase().split(/\s+/).filter((word) => word !== '')
    const serverWords = new Map(servers.list.map(({ id, name }) => [id, name.toLowerCase()]))
    const ofServers = new Set(serverIds.value)
    const ofStates = new Set(states.value)
    const ofKinds = new Set(kinds.value)
    return synchronizations.all.filter(
      (row) =>
        (ofServers.size === 0 || ofServers.has(row.serverId)) &&
        (ofKinds.size === 0 || ofKinds.has(row.kind)) &&
        (ofStates.size === 0 || ofStates.has(staleServers.value.has(row.serverId) ? 'not-asked' : row.health)) &&
        (words.length === 0 || words.every((word) => searchText(row).includes(word) || (serverWords.get(row.serverId)?.includes(word) ?? false))),
    )
  })

  const visible = computed(() => {
    const { column, isDescending } = sort.value
    const direction = isDescending ? -1 : 1
    const order = servers.list.map(({ id }) => id)
    const place = new Map(order.map((id, index) => [id, index]))
    const byPlace = (a: SynchronizationRow, b: SynchronizationRow): number =>
      (place.get(a.serverId) ?? 0) - (place.get(b.serverId) ?? 0) || collator.compare(a.key, b.key)
    const compare: Record<SortColumn, (a: SynchronizationRow, b: SynchronizationRow) => number> = {
      state: (a, b) => rank(a) - rank(b) || (b.issuesInError ?? 0) - (a.issuesInError ?? 0),
      key: (a, b) => collator.compare(a.key, b.key),
      summary: (a, b) => collator.compare(a.summary, b.summary),
      server: (a, b) => collator.compare(serverNames.value.get(a.serverId) ?? '', serverNames.value.get(b.serverId) ?? ''),
      projects: (a, b) => collator.compare(projectsOf(a), projectsOf(b)),
      errors: (a, b) => (a.issuesInError ?? -1) - (b.issuesInError ?? -1),
      age: (a, b) => b.fetchedAt - a.fetchedAt,
    }
    return [...filtered.value].sort((a, b) => direction * compare[column](a, b) || byPlace(a, b))
  })

  /** Worst first; what can only be remembered comes after what is known. */
  function rank(row: SynchronizationRow): number {
    return HEALTH_ORDER.indexOf(row.health) + (staleServers.value.has(row.serverId) ? HEALTH_ORDER.length : 0)
  }

  const isFiltering = computed(
    () => text.value.trim() !== '' || serverIds.value.length > 0 || states.value.length > 0 || kinds.value.length > 0,
  )
  /** The open panels from left to right: pinned ones, then the chosen row's. */
  const panelIds = computed(() =>
    [...new Set([...pinnedIds.value, ...(activeId.value === null ? [] : [activeId.value])])].filter((id) => synchronizations.rows.has(id)),
  )
  const selectedRows = computed(() => [...selected.value].flatMap((id) => synchronizations.rows.get(id) ?? []))
  const hiddenSelectedCount = computed(() => {
    if (selected.value.size === 0) return 0
    const shown = new Set(filtered.value.map(rowId))
    return selectedRows.value.filter((row) => !shown.has(rowId(row))).length
  })

  function togglePin(id: string): void {
    pinnedIds.value = pinnedIds.value.includes(id) ? pinnedIds.value.filter((other) => other !== id) : [...pinnedIds.value, id]
  }

  function closePanel(id: string): void {
    pinnedIds.value = pinnedIds.value.filter((other) => other !== id)
    if (activeId.value === id) activeId.value = null
    if (fullId.value === id) fullId.value = null
  }

  function clearFilters(): void {
    text.value = ''
    serverIds.value = []
    states.value = []
    kinds.value = []
  }

  function sortBy(column: SortColumn): void {
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
    text, serverIds, states, kinds, sort, activeId, selected,
    visible, isFiltering, panelIds, pinnedIds, fullId, selectedRows, hiddenSelectedCount, staleServers,
    togglePin, closePanel, clearFilters, sortBy, toggle, selectAllVisible, clearSelection,
  }
})

/** Both projects as the table writes them; a distributed synchronization knows its own side only. */
export function projectsOf(row: SynchronizationRow): string {
  const first = row.first?.projectKey || '?'
  if (row.kind === 'distributed') return `${first} ⇄ …`
  return `${first} ⇄ ${row.second?.projectKey || '?'}`
}

const searchTexts = new WeakMap<SynchronizationRow, string>()

function searchText(row: SynchronizationRow): string {
  const known = searchTexts.get(row)
  if (known !== undefined) return known
  const text = [row.key, row.summary, row.first?.projectKey, row.second?.projectKey, row.stateLabel]
    .join(' ')
    .toLowerCase()
  searchTexts.set(row, text)
  return text
}
