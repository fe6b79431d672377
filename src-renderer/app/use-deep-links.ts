import { onMounted, onUnmounted, watch } from 'vue'
import { useServers } from '../servers/servers.ts'
import { deepLink, refOfLink } from '../synchronizations/deep-link.ts'
import { useOpenPanels } from '../synchronizations/open-panels.ts'
import { useSynchronizations } from '../synchronizations/synchronizations.ts'

/**
 * Keeps the address of the page and the chosen row together, so that a link inside the application leads to its panel.
 */
export function useDeepLinks(): void {
  const panels = useOpenPanels()
  const servers = useServers()
  const synchronizations = useSynchronizations()

  const follow = (): void => {
    const target = refOfLink(location.hash, servers.list)
    if (target !== null) panels.show(target)
  }

  watch(
    () => panels.activeId,
    (id) => {
      const row = id === null ? null : synchronizations.rows.get(id)
      // A link may lead to a row that is not there yet.
      if (row === undefined) return
      const hash = row === null ? '#' : deepLink(row, servers.list)
      if (location.hash !== hash) history.replaceState(null, '', hash)
    },
  )
  onMounted(() => {
    window.addEventListener('hashchange', follow)
    follow()
  })
  onUnmounted(() => window.removeEventListener('hashchange', follow))
}
