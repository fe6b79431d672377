import type { ConnectionLog } from '../servers/connection-log.ts'
import type { ServerViews } from './server-views.ts'
import type { SettingsStore } from '../settings/settings-store.ts'
import type { StorageCare } from '../storage/storage-care.ts'
import { supportBundle } from '../diagnosis/support-bundle.ts'
import type { TaskRunner } from '../tasks/task-runner.ts'
import type { Host } from './host.ts'

interface SupportOptions extends Pick<Host, 'app' | 'readLog'> {
  readonly now: () => number
  readonly settings: SettingsStore
  readonly views: ServerViews
  readonly connectionLog: ConnectionLog
  readonly storageCare: StorageCare
  readonly tasks: TaskRunner
}

/** Puts together what a support bundle tells, at the moment in which it is asked for. */
export function createSupportBundle({
  now,
  app,
  settings,
  views,
  connectionLog,
  storageCare,
  tasks,
  readLog,
}: SupportOptions): (isAnonymous: boolean) => string {
  return (isAnonymous) =>
    supportBundle(
      {
        at: now(),
        app: { ...app },
        settings: settings.get(),
        servers: views.all(),
        connections: (serverId) => connectionLog.of(serverId),
        storage: storageCare.info(),
        storageProblem: storageCare.check(),
        outcomes: Object.fromEntries(
          [...Map.groupBy(tasks.list(), ({ outcome }) => outcome ?? 'running')].map(([outcome, list]) => [
            outcome,
            list.length,
          ]),
        ),
        log: readLog(),
      },
      isAnonymous,
    )
}
