import { defineStore } from 'pinia'
import { ref } from 'vue'
import { EventFeed } from '../backend/event-feed.ts'
import type { Mirror } from '../backend/mirror.ts'
import { useConflicts } from '../conflicts/conflicts.ts'
import { useAuditVersion } from '../history/audit-version.ts'
import { useJobs } from '../jobs/jobs.ts'
import { useNotifications } from '../notifications/notifications.ts'
import { useDrafts } from '../panel/drafts.ts'
import { useServers } from '../servers/servers.ts'
import { useSettings } from '../settings/settings.ts'
import { useSynchronizations } from '../synchronizations/synchronizations.ts'
import { showWatched } from '../table/show-watched.ts'
import { useTasks } from '../tasks/tasks.ts'
import { useNavigation } from '../ui/navigation.ts'
import { useShownLists } from '../ui/shown-lists.ts'
import { useFaults } from './faults.ts'
import { keepShownLists } from './keep-shown.ts'

/** Rows loaded first; more than any window has room for. */
const FIRST_ROWS = 200

/** Resolves when the page has painted and has nothing else to do, or after a moment. */
function idle(): Promise<void> {
  return new Promise((resolve) => requestIdleCallback(() => resolve(), { timeout: 500 }))
}

/** Brings all stores in step with the main process, and keeps them there. */
export const useBoot = defineStore('boot', () => {
  const isLoaded = ref(false)

  /** Resolves when the first snapshot is there. */
  async function start(): Promise<EventFeed> {
    const servers = useServers()
    const synchronizations = useSynchronizations()
    const settings = useSettings()
    const mirrors: readonly Mirror[] = [
      settings,
      servers,
      useTasks(),
      useJobs(),
      useDrafts(),
      useConflicts(),
      useNotifications(),
      useAuditVersion(),
    ]
    settings.followSystem()

    const loadSnapshot = async (): Promise<number> => {
      // First the list with the sequence number: everything asked for after it is at least as new. The first screen
      // does not wait for tens of thousands of rows.
      const isFirst = !isLoaded.value
      const first = await synchronizations.load(isFirst ? FIRST_ROWS : null)
      const answers = await Promise.all(mirrors.map((mirror) => mirror.load()))
      for (const takeOver of answers) takeOver()
      const isPartial = isFirst && first.rows.length === FIRST_ROWS
      synchronizations.replace(
        first.rows,
        isPartial ? servers.list.reduce((sum, server) => sum + server.synchronizationCount, 0) : null,
      )
      // Before the first view asks for it.
      if (isFirst) useShownLists().stored = settings.current.shownLists
      isLoaded.value = true
      if (!isPartial) return first.sequence
      await idle()
      synchronizations.replace((await synchronizations.load(null)).rows)
      return first.sequence
    }
    const faults = useFaults()
    const feed = new EventFeed({
      loadSnapshot,
      onTrouble: (failure) => faults.setStale(failure),
      onFault: (fault) => faults.report(fault, 'event'),
    })
    for (const mirror of [...mirrors, synchronizations]) mirror.follow?.(feed)
    feed.on('app:fault', () => faults.reportMain())
    feed.on('window:navigate', ({ ref: target, view, jobId }) => {
      if (view === 'jobs') useJobs().showNotified(jobId)
      else if (view === 'notifications' || target === null) useNavigation().areNotificationsOpen = true
      else showWatched(target)
    })
    await feed.start()
    keepShownLists()
    return feed
  }

  return { isLoaded, start }
})
