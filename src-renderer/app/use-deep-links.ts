import { onMounted, onUnmounted, watch } from 'vue'
import { useNavigation } from '../ui/navigation.ts'
import { useServers } from '../servers/servers.ts'
import { useTableView } from '../table/table-view.ts'
import { deepLink, rowOfLink } from '../synchronizations/deep-link.ts'

/** Keeps the address of the page and the chosen row together, so that a link inside the application leads to its panel. */
export function useDeepLinks(): void {
  const view = useTableView()
  const servers = useServers()
  const navigation = useNavigation()

  const follow = (): void => {
    const id = rowOfLink(location.hash, servers.list)
    if (id === null) return
    navigation.view = 'synchronizations'
    view.activeId = id
  }

  watch(
    () => view.activeId,
    (id) => {
      const hash = id === null ? '#' : deepLink(id, servers.list)
      if (location.hash !== hash) history.replaceState(null, '', hash)
    },
  )
  onMounted(() => {
    window.addEventListener('hashchange', follow)
    follow()
  })
  onUnmounted(() => window.removeEventListener('hashchange', follow))
}
