import { auditHandlers } from '../audit/audit-handlers.ts'
import { copyGuardHandlers } from '../copy-guard/copy-guard-handlers.ts'
import { conflictHandlers } from '../conflicts/conflict-handlers.ts'
import { diagnosisHandlers } from '../diagnosis/diagnosis-handlers.ts'
import { editingHandlers } from '../editing/editing-handlers.ts'
import type { Handlers } from '../ipc/answer-request.ts'
import { jobHandlers } from '../jobs/job-handlers.ts'
import { linkHandlers } from '../links/link-handlers.ts'
import { monitorHandlers } from '../monitor/monitor-handlers.ts'
import { noteHandlers } from '../notes/note-handlers.ts'
import { notificationHandlers } from '../notifications/notification-handlers.ts'
import { vaultHandlers } from '../secrets/vault-handlers.ts'
import { serverHandlers } from '../servers/server-handlers.ts'
import { settingsHandlers } from '../settings/settings-handlers.ts'
import { storageHandlers } from '../storage/storage-handlers.ts'
import { synchronizationHandlers } from '../synchronizations/synchronization-handlers.ts'
import { taskHandlers } from '../tasks/task-handlers.ts'
import { applicationHandlers } from './application-handlers.ts'
import type { Services } from './services.ts'

/** What each channel does: the areas' own handlers, merged. The compiler refuses a table that lacks one. */
export function createHandlers(services: Services): Handlers {
  return {
    ...applicationHandlers(services),
    ...settingsHandlers(services),
    ...vaultHandlers(services),
    ...serverHandlers(services),
    ...copyGuardHandlers(services),
    ...diagnosisHandlers(services),
    ...synchronizationHandlers(services),
    ...taskHandlers(services),
    ...editingHandlers(services),
    ...linkHandlers(services),
    ...conflictHandlers(services),
    ...monitorHandlers(services),
    ...noteHandlers(services),
    ...notificationHandlers(services),
    ...storageHandlers(services),
    ...auditHandlers(services),
    ...jobHandlers({ ...services, plannedEnds: services.watching.plannedEnds }),
  }
}
