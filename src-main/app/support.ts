import type { Clock } from '../clock.ts'
import type { ConnectionLog } from '../servers/connection-log.ts'
import type { ServerViews } from './server-views.ts'
import type { SettingsStore } from '../settings/settings-store.ts'
import type { StorageCare } from '../storage/storage-care.ts'
import { supportBundle } from '../diagnosis/support-bundle.ts'
import type { TaskStore } from '../tasks/task-store.ts'
import type { Host } from './host.ts'

interface SupportOptions extends Pick<Host, 'app'> {
  readonly host: Pick<Host, 'readLog' | 'checkQuietly'>
  readonly clock: Pick<Clock, 'now'>
  readonly settings: Pick<SettingsStore, 'get'>
  readonly views: Pick<ServerViews, 'all'>
  readonly connectionLog: Pick<ConnectionLog, 'attemptsOf'>
  readonly storageCare: Pick<StorageCare, 'info' | 'check'>
  readonly taskStore: Pick<TaskStore, 'list'>
}

/** Collects the content of a support bundle at the moment it is requested. */
export function createSupportBundle({
  clock,
  app,
  settings,
  views,
  connectionLog,
  storageCare,
  taskStore,
  host,
}: SupportOptions): (isAnonymous: boolean) => Promise<string> {
  return async (isAnonymous) => {
    const selfCheck = await host.checkQuietly?.()
    return supportBundle(
      {
        at: clock.now(),
        app: { ...app, ...selfCheck },
        settings: settings.get(),
        servers: views.all(),
        connections: (serverId) => connectionLog.attemptsOf(serverId),
        storage: storageCare.info(),
        storageProblem: storageCare.check(),
        outcomes: Object.fromEntries(
          [...Map.groupBy(taskStore.list(), ({ outcome }) => outcome ?? 'running')].map(([outcome, list]) => [
            outcome,
            list.length,
          ]),
        ),
        log: host.readLog(),
      },
      isAnonymous,
    )
  }
}
