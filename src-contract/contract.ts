import type * as v from 'valibot'
import type { EventTopic, RequestChannel } from './channels.ts'
import { applicationEvents, applicationRequests } from './application.ts'
import { auditEvents, auditRequests } from './audit.ts'
import { copyGuardRequests } from './copy-guard.ts'
import { conflictEvents, conflictRequests } from './conflicts.ts'
import { diagnosisEvents, diagnosisRequests } from './diagnosis.ts'
import { editingRequests } from './editing.ts'
import { jobEvents, jobRequests } from './jobs.ts'
import { linkRequests } from './links.ts'
import { monitorRequests } from './monitoring.ts'
import { noteRequests } from './notes.ts'
import { notificationEvents, notificationRequests } from './notifications.ts'
import { serverEvents, serverRequests } from './servers.ts'
import { settingsEvents, settingsRequests } from './settings.ts'
import { storageEvents, storageRequests } from './storage.ts'
import { synchronizationEvents, synchronizationRequests } from './synchronizations.ts'
import { taskEvents, taskRequests } from './tasks.ts'
import { vaultEvents, vaultRequests } from './vault.ts'

/** All channels with their arguments and answers, merged from the tables of the areas. */
export const requests = {
  ...applicationRequests,
  ...settingsRequests,
  ...vaultRequests,
  ...serverRequests,
  ...copyGuardRequests,
  ...diagnosisRequests,
  ...synchronizationRequests,
  ...taskRequests,
  ...editingRequests,
  ...linkRequests,
  ...conflictRequests,
  ...monitorRequests,
  ...noteRequests,
  ...notificationRequests,
  ...storageRequests,
  ...auditRequests,
  ...jobRequests,
} as const satisfies Record<RequestChannel, { args: v.GenericSchema; answer: v.GenericSchema }>

/** What each event carries. */
export const events = {
  ...applicationEvents,
  ...settingsEvents,
  ...vaultEvents,
  ...serverEvents,
  ...diagnosisEvents,
  ...synchronizationEvents,
  ...taskEvents,
  ...conflictEvents,
  ...notificationEvents,
  ...storageEvents,
  ...auditEvents,
  ...jobEvents,
} as const satisfies Record<EventTopic, v.GenericSchema>

export type RequestArgs<C extends RequestChannel> = v.InferInput<(typeof requests)[C]['args']>
export type RequestValue<C extends RequestChannel> = v.InferOutput<(typeof requests)[C]['answer']>
export type EventPayload<T extends EventTopic> = v.InferOutput<(typeof events)[T]>

/** An event on the wire. `sequence` rises by one with every event; a gap tells the renderer to load fresh snapshots. */
export interface EventMessage<T extends EventTopic = EventTopic> {
  readonly topic: T
  readonly sequence: number
  readonly payload: EventPayload<T>
}
