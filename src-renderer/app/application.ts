import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import type { AppInfo, VaultState } from '#contract/contract.ts'
import type { WatchedRef } from '#contract/monitoring.ts'
import { defaultSettings, type Settings } from '#contract/settings.ts'
import type { SynchronizationRow } from '#contract/synchronizations.ts'
import { ask } from '../backend/ask.ts'
import { useConflicts } from '../conflicts/conflicts.ts'
import { useDrafts } from '../panel/drafts.ts'
import { EventFeed } from '../backend/event-feed.ts'
import { useFaults } from './faults.ts'
import { useNavigation } from '../ui/navigation.ts'
import { useNotifications } from '../notifications/notifications.ts'
import { useServers } from '../servers/servers.ts'
import { rowId, useSynchronizations } from '../synchronizations/synchronizations.ts'
import { useTableView } from '../table/table-view.ts'
import { useTasks } from '../tasks/tasks.ts'

/** Rows that are shown before all others are there; more than any window has room for. */
const FIRST_ROWS = 200

/** Resolves when the page has painted and has nothing else to do, or after a moment. */
function idle(): Promise<void> {
  return new Promise((resolve) => requestIdleCallback(() => resolve(), { timeout: 500 }))
}

/** Shows a synchronization's panel, or the rows of a server. */
export function showWatched({ serverId, key }: WatchedRef): void {
  useNavigation().view = 'synchronizations'
  const view = useTableView()
  if (key === null) view.showServer(serverId)
  else view.activeId = rowId({ serverId, key })
}

/** The application as a whole: its settings, the keychain's state, and the loading of all stores. */
export const useApplication = defineStore('application', () => {
  const info = ref<AppInfo | null>(null)
  const settings = ref<Settings>(defaultSettings)
  const vault = ref<VaultState>('ready')
  const isLoaded = ref(false)
  /** Changes with the audit trail: one entry more, or an outcome of one. */
  const auditVersion = ref(0)
  const systemIsDark = ref(false)

  /** Whether the keyboard and the words for it are Apple's. */
  const isApple = computed(() => info.value?.platform === 'darwin')
  const isDark = computed(() =>
    settings.value.appearance === 'system' ? systemIsDark.value : settings.value.appearance === 'dark',
  )

  async function start(): Promise<EventFeed> {
    const query = window.matchMedia('(prefers-color-scheme: dark)')
    systemIsDark.value = query.matches
    query.addEventListener('change', (event) => {
      systemIsDark.value = event.matches
    })
    const servers = useServers()
    const synchronizations = useSynchronizations()
    const tasks = useTasks()
    const conflicts = useConflicts()
    const notifications = useNotifications()

    const faults = useFaults()
    const loadSnapshot = async (): Promise<number> => {
      // First the list with the sequence number: everything asked for after it is at least as new.
      // The first screen is there before ten thousands of rows are.
      const list = await ask('synchronizations:list', isLoaded.value ? {} : { most: FIRST_ROWS })
      const [appInfo, currentSettings, vaultState, serverList, taskList, draftList, conflictList, notificationList, snoozeList] = await Promise.all([
        ask('app:info', {}),
        ask('settings:get', {}),
        ask('vault:state', {}),
        ask('servers:list', {}),
        ask('tasks:list', {}),
        ask('drafts:list', {}),
        ask('conflicts:list', {}),
        ask('notifications:list', {}),
        ask('snoozes:list', {}),
      ])
      info.value = appInfo
      settings.value = currentSettings
      vault.value = vaultState
      servers.replace(serverList)
      const rows = JSON.parse(list.rows) as SynchronizationRow[]
      const isPartial = !isLoaded.value && rows.length === FIRST_ROWS
      synchronizations.replace(rows, isPartial ? serverList.reduce((sum, server) => sum + server.synchronizationCount, 0) : null)
      tasks.replace(taskList)
      useDrafts().replace(draftList)
      conflicts.replace(conflictList.conflicts)
      notifications.replace(notificationList)
      notifications.replaceSnoozes(snoozeList)
      notifications.setStorageProblem(appInfo.storageProblem)
      // Whether entries were added while events were lost is not known.
      auditVersion.value += 1
      isLoaded.value = true
      if (!isPartial) return list.sequence
      await idle()
      synchronizations.replace(JSON.parse((await ask('synchronizations:list', {})).rows) as SynchronizationRow[])
      return list.sequence
    }
    const feed = new EventFeed({
      loadSnapshot,
      onTrouble: (failure) => faults.setStale(failure),
      onFault: (fault) => faults.report(fault, 'event'),
    })
    feed.on('settings:changed', (value) => {
      settings.value = value
    })
    feed.on('vault:changed', (value) => {
      vault.value = value
    })
    feed.on('servers:changed', (value) => servers.apply(value))
    feed.on('servers:test-step', (value) => servers.takeTestStep(value))
    feed.on('synchronizations:changed', (value) => synchronizations.apply(value))
    feed.on('audit:changed', () => {
      auditVersion.value += 1
    })
    feed.on('tasks:changed', (value) => tasks.apply(value))
    feed.on('conflicts:changed', (value) => conflicts.apply(value))
    feed.on('notifications:changed', (value) => notifications.replace(value))
    feed.on('snoozes:changed', (value) => notifications.replaceSnoozes(value))
    feed.on('storage:changed', ({ problem }) => notifications.setStorageProblem(problem))
    feed.on('app:fault', () => faults.tellOfMain())
    feed.on('window:navigate', ({ ref: target, view }) => {
      if (view === 'notifications' || target === null) useNavigation().areNotificationsOpen = true
      else showWatched(target)
    })
    await feed.start()
    return feed
  }

  async function set(change: Partial<Settings>): Promise<void> {
    settings.value = await ask('settings:set', change)
  }

  return { info, settings, vault, isLoaded, isDark, isApple, auditVersion, start, set }
})
