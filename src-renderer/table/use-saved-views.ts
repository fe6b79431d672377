import { computed, type ComputedRef } from 'vue'
import type { SavedView, TableFilter } from '#contract/saved-views.ts'
import { useSettings } from '../settings/settings.ts'
import { useNavigation } from '../ui/navigation.ts'
import { useServers } from '../servers/servers.ts'
import { useTableView } from './table-view.ts'

export interface SavedViews {
  readonly views: ComputedRef<readonly SavedView[]>
  /** The one that the table shows, if it does. */
  readonly current: ComputedRef<SavedView | undefined>
  /** The table is filtered in a way that has no name. */
  readonly canSave: ComputedRef<boolean>
  readonly show: (saved: SavedView) => void
}

/** The filters that the user gave names, and how they stand to what the table shows. */
export function useSavedViews(): SavedViews {
  const settings = useSettings()
  const navigation = useNavigation()
  const servers = useServers()
  const table = useTableView()

  const views = computed<readonly SavedView[]>(() => settings.current.savedViews)
  /** A server that is gone filters nothing; without any left, the view shows all. */
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
  const canSave = computed(() => isShown.value && table.isFiltering && current.value === undefined)

  function show(saved: SavedView): void {
    navigation.view = 'synchronizations'
    table.filter = known(saved)
  }

  return { views, current, canSave, show }
}
