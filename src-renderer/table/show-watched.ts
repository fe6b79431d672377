import type { WatchedRef } from '#contract/monitoring.ts'
import { useOpenPanels } from '../synchronizations/open-panels.ts'
import { useNavigation } from '../ui/navigation.ts'
import { useTableView } from './table-view.ts'

/** Shows a synchronization's panel, or the rows of a server. */
export function showWatched({ serverId, key }: WatchedRef): void {
  if (key !== null) return useOpenPanels().show({ serverId, key })
  useNavigation().view = 'synchronizations'
  useTableView().showServer(serverId)
}
