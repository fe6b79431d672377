import { computed, type ComputedRef } from 'vue'
import type { SavedView, TableFilter } from '#contract/saved-views.ts'
import { useSettings } from '../settings/settings.ts'
import { useNavigation } from '../ui/navigation.ts'
import { useServers } from '../servers/servers.ts'
import { useTableView } from './table-view.ts'

export interface SavedViews {
  readonly views: ComputedRef<readonly SavedView[]>
  /** The view that the table shows, if any. */
  readonly current: ComputedRef<SavedView | undefined>
  /** The current filter is not a saved view. */
  readonly canSave: ComputedRef<boolean>
  readonly show: (saved: SavedView) => void
}

/** The saved views, and which of them the table shows. */
export function useSavedViews(): SavedViews {
  const settings = useSettings()
  const navigation = useNavigation()
  const servers = useServers()
  const table = useTableView()

  const views = computed<readonly SavedView[]>(() => settings.current.savedViews)
  /** Removed servers are ignored; if none is left, the view shows all. */
  const known = ({ filter }: SavedView): TableFilter => ({
    ...filter,
    serverIds: filter.serverIds.filter((id) => servers.byId.has(id)),
  })
  const isShown = computed(() => navigation.view === 'synchronizations')
  const current = computed<SavedView | undefined>(() =>
    isShown.value
      ? views.value.find((saved) => JSON.stringify(known(saved)) === JSON.stringify(table.filter))
      : undefined,
  )
  const canSave = computed(
    () => isShown.value && (table.isFiltering || table.groupBy !== null) && current.value === undefined,
  )

  function show(saved: SavedView): void {
    navigation.view = 'synchronizations'
    table.filter = known(saved)
  }

  return { views, current, canSave, show }
}
