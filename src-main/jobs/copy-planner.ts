import type { ServerId } from '#contract/ids.ts'
import { addresseeOf, type CopyMapping, type HandWork, type JobChange } from '#contract/jobs.ts'
import { message, type Message } from '#contract/messages/message.ts'
import { shownText } from '#contract/shown-text.ts'
import { refId, type SynchronizationRef } from '#contract/synchronizations.ts'
import { isAboutOneObject } from '../backbone/failures.ts'
import { readIntegration, type Integration } from '../backbone/integration.ts'
import type { Clock } from '../clock.ts'
import type { Lifecycle } from '../editing/lifecycle.ts'
import { AppError } from '../errors/app-error.ts'
import type { Connections } from '../servers/connections.ts'
import type { ServerRegistry } from '../servers/server-registry.ts'
import type { StoredJob, StoredTarget } from '../storage/job-table.ts'
import type { SynchronizationDirectory } from '../synchronizations/synchronization-directory.ts'
import { askedOf, copiedFields, handWorkOf, placeOf } from './copied.ts'
import type { JobStore } from './job-store.ts'
import { kinds } from './kinds.ts'
import { readEach, type PlanReadings } from './plan-readings.ts'
import { beforeOf, inOrder, newJob, PLAIN, waitingSteps } from './planned.ts'

export interface CopyPlannerOptions {
  readonly store: Pick<JobStore, 'add'>
  readonly readings: Pick<PlanReadings, 'read' | 'readToWrite'>
  readonly registry: Pick<ServerRegistry, 'all' | 'find' | 'get'>
  readonly connections: Pick<Connections, 'get'>
  readonly directory: Pick<SynchronizationDirectory, 'find'>
  readonly lifecycle: Pick<Lifecycle, 'listBefore'>
  readonly clock: Pick<Clock, 'now'>
}

/** What is known about an original, or why it cannot be copied. */
type Original = { readonly integration: Integration; readonly byHand: readonly HandWork[] } | Message

/** Plans copies on another server: reads the originals, and what is there already. Writes nothing to a server. */
export class CopyPlanner {
  readonly #options: CopyPlannerOptions

  constructor(options: CopyPlannerOptions) {
    this.#options = options
  }

  /** A new job, stored, whether or not a target would take part. Throws `server.unknown`. */
  async plan(refs: readonly SynchronizationRef[], serverId: ServerId, mapping: CopyMapping): Promise<StoredJob> {
    const { store, readings, registry, clock } = this.#options
    const { name: serverName } = registry.get(serverId)
    const sources = refs.map((ref) => ref.serverId)
    const [unwritable, unread] = await Promise.all([
      readings.readToWrite(serverId),
      readEach(
        sources.filter((id) => id !== serverId),
        (id) => readings.read(id),
      ),
    ])
    const there = unwritable ?? (await this.#listOf(serverId))
    const problem = 'key' in there ? there : null
    const unique = [...new Map(refs.map((ref) => [refId(ref), ref])).values()]
    const targets = await Promise.all(
      unique.map(async (ref) => {
        const why = ref.serverId === serverId ? message('jobs.leftOut.sameServer') : unread.get(ref.serverId)
        const original = problem ?? why ?? (await this.#original(ref))
        return this.#target(ref, original, { serverId, serverName }, mapping)
      }),
    )
    const ordered = inOrder(targets, registry.all())
    const job = newJob({ ...PLAIN, kind: 'copy' }, 'key' in there ? ordered : withoutTaken(ordered, there), clock.now())
    store.add(job)
    return job
  }

  /** What the target server has, or why that cannot be read. */
  async #listOf(serverId: ServerId): Promise<readonly Integration[] | Message> {
    try {
      return (await this.#options.lifecycle.listBefore(serverId)).items
    } catch (error) {
      return whyNotRead(error)
    }
  }

  async #original({ serverId, key }: SynchronizationRef): Promise<Original> {
    const { registry, directory, connections } = this.#options
    if (registry.find(serverId) === null || directory.find({ serverId, key }) === null)
      return message('jobs.leftOut.gone')
    try {
      const original = await connections.get(serverId).api.detail(key, { isFresh: true })
      const integration = readIntegration(original)
      if (integration === null) return message('errors.notA.synchronization')
      return { integration, byHand: handWorkOf(original) }
    } catch (error) {
      return error instanceof AppError && isAboutOneObject(error) ? error.data.message : whyNotRead(error)
    }
  }

  #target(
    ref: SynchronizationRef,
    original: Original,
    to: { readonly serverId: ServerId; readonly serverName: string },
    mapping: CopyMapping,
  ): StoredTarget {
    const { directory, registry } = this.#options
    const record = directory.find(ref)
    const integration = 'key' in original ? null : original.integration
    const wanted = integration === null ? (original as Message) : copiedFields(integration, mapping)
    const changes: readonly JobChange[] = 'key' in wanted ? [] : wanted
    const before = beforeOf(record)
    const planned = 'key' in wanted ? wanted : kinds.copy.plan({ before, changes: [...changes] })
    return {
      serverId: ref.serverId,
      serverName: registry.find(ref.serverId)?.name ?? '',
      key: ref.key,
      summary: shownText(integration?.summary ?? record?.integration.summary ?? ''),
      before,
      changes: [...changes],
      copy: { ...to, key: null, byHand: 'key' in original ? [] : [...original.byHand] },
      missing: null,
      backAt: null,
      leftOut: 'key' in planned ? planned : null,
      steps: waitingSteps(ref.key, 'key' in planned ? [] : planned),
    }
  }
}

/** Leaves out those that already exist there, and those that would exist twice. */
function withoutTaken(targets: readonly StoredTarget[], there: readonly Integration[]): StoredTarget[] {
  const existing = new Map(there.map((one) => [placeOf(one), one.key]))
  const planned = new Map<string, string>()
  return targets.map((target) => {
    if (target.leftOut !== null) return target
    const place = placeOf(askedOf(target.changes))
    const [key, twin] = [existing.get(place), planned.get(place)]
    if (twin === undefined) planned.set(place, target.key)
    if (key === undefined && twin === undefined) return target
    const leftOut =
      key === undefined
        ? message('jobs.leftOut.twin', { key: twin ?? '', server: addresseeOf(target).serverName })
        : message('jobs.leftOut.exists', { key })
    return { ...target, leftOut, steps: [] }
  })
}

function whyNotRead(error: unknown): Message {
  if (!(error instanceof AppError)) throw error
  return message('jobs.leftOut.notReadBecause', { reason: error.data.message })
}
