import { computed, type ComputedRef } from 'vue'
import type { SavedView, TableFilter, TableLayout } from '#contract/saved-views.ts'
import { useSettings } from '../settings/settings.ts'
import { useNavigation } from '../ui/navigation.ts'
import { useServers } from '../servers/servers.ts'
import { withKnownServers } from './filter-choice.ts'
import { useTableView } from './table-view.ts'
import { isSameLayout, useTableLayout } from './use-table-layout.ts'

export interface SavedViews {
  readonly views: ComputedRef<readonly SavedView[]>
  /** The view that the table shows, if any. */
  readonly current: ComputedRef<SavedView | undefined>
  /** What is shown was chosen, and is not a saved view. */
  readonly canSave: ComputedRef<boolean>
  /** What the table shows, to be saved. */
  readonly present: ComputedRef<Omit<SavedView, 'name'>>
  readonly show: (saved: SavedView) => void
}

/** The saved views, and which of them the table shows. */
export function useSavedViews(): SavedViews {
  const settings = useSettings()
  const navigation = useNavigation()
  const servers = useServers()
  const table = useTableView()
  const { columns, widths } = useTableLayout()

  const views = computed<readonly SavedView[]>(() => settings.current.savedViews)
  /** Removed servers are ignored; if none is left, the view shows all. */
  const known = ({ filter }: SavedView): TableFilter => withKnownServers(filter, (id) => servers.byId.has(id))
  const layout = computed<TableLayout>(() => ({ columns: [...columns.value], widths: { ...widths.value } }))
  const isWhatIsShown = (saved: SavedView): boolean =>
    isSameFilter(known(saved), table.filter) && (saved.layout === undefined || isSameLayout(saved.layout, layout.value))
  const isShown = computed(() => navigation.view === 'synchronizations')
  const current = computed<SavedView | undefined>(() => (isShown.value ? views.value.find(isWhatIsShown) : undefined))
  const canSave = computed(
    () =>
      isShown.value &&
      current.value === undefined &&
      (table.isFiltering || table.groupBy !== null || table.layout !== null || columns.value.length > 0),
  )

  function show(saved: SavedView): void {
    navigation.view = 'synchronizations'
    const before = table.layout
    table.filter = known(saved)
    table.layout = saved.layout ?? before
  }

  const present = computed(() => ({ filter: table.filter, layout: layout.value }))

  return { views, current, canSave, present, show }
}

/** In whichever order their parts were written. */
function isSameFilter(one: TableFilter, other: TableFilter): boolean {
  const plain = (filter: TableFilter): string =>
    JSON.stringify(Object.entries(filter).sort(([a], [b]) => (a < b ? -1 : 1)))
  return plain(one) === plain(other)
}
