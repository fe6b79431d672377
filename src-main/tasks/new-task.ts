import { randomUUID } from 'node:crypto'
import type { TaskId } from '#contract/ids.ts'
import { shownText } from '#contract/shown-text.ts'
import type { Task } from '#contract/tasks.ts'
import { placeOf } from '../servers/place.ts'
import type { StoredServer } from '../storage/server-table.ts'
import type { StoredTask } from '../storage/task-table.ts'
import type { SynchronizationRecord } from '../synchronizations/synchronization-record.ts'
import type { Intent, WriteIntent } from './intent.ts'

/** The intent of a task that changes no field. */
export const NO_CHANGE: WriteIntent = { fields: {}, changed: [], unseen: [] }

/**
 * A task before anything was sent, with what is known about its server and synchronization at this moment, epoch ms.
 */
export function newTask(
  {
    id = randomUUID(),
    operation,
    step,
    intent,
    batchId,
  }: Pick<Task, 'operation' | 'step' | 'batchId'> & { readonly id?: TaskId; readonly intent: WriteIntent },
  server: Pick<StoredServer, 'id' | 'name' | 'projectKeys' | 'baseUrl' | 'apiPath'>,
  { integration }: Pick<SynchronizationRecord, 'integration'>,
  startedAt: number,
): StoredTask {
  const ownProjects = [integration.first?.projectKey, integration.second?.projectKey]
  return {
    id,
    batchId,
    serverId: server.id,
    serverName: server.name,
    key: integration.key,
    summary: shownText(integration.summary),
    projectKey: server.projectKeys.find((key) => ownProjects.includes(key)) ?? null,
    operation,
    step,
    intent: JSON.stringify({ ...intent, stateBefore: '', hasLeft: false, place: placeOf(server) } satisfies Intent),
    state: 'sending',
    outcome: null,
    remoteId: null,
    progress: null,
    message: null,
    failure: null,
    serverText: '',
    startedAt,
    endedAt: null,
  }
}
