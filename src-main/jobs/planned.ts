import { randomUUID } from 'node:crypto'
import type { JobTarget, StepName } from '#contract/jobs.ts'
import { maskUserinfo } from '#contract/masking.ts'
import { message } from '#contract/messages/message.ts'
import { pathSegment } from '../backbone/path-segment.ts'
import { AppError } from '../errors/app-error.ts'
import type { StoredJob, StoredStep, StoredTarget } from '../storage/job-table.ts'
import type { SynchronizationRecord } from '../synchronizations/synchronization-record.ts'
import { byKey } from '../text/key-order.ts'
import type { PlannedStep } from './kind.ts'
import { isOffline } from './sight.ts'

/** What a job consists of, apart from its targets and its state. */
export type Plan = Pick<StoredJob, 'kind' | 'originId' | 'about' | 'replacement'>

/** A job that undoes no other, is about no user, and replaces nothing. */
export const PLAIN = { originId: null, about: null, replacement: null } as const

/** The maximum length of all texts of a job, in characters: they are kept in memory and sent to the window. */
const MAX_LENGTH = 20_000_000

/** The path of a step's requests, below a synchronization; null for a step that is not about an existing one. */
const BELOW: Readonly<Record<StepName, string | null>> = {
  stop: '/stop',
  start: '/start',
  update: '/applicationConnection',
  edit: '',
  delete: '',
  create: null,
}

/** A planned job with these targets. `now` in epoch ms. Throws `input.invalid` if it would contain too much text. */
export function newJob(what: Plan, targets: readonly StoredTarget[], now: number): StoredJob {
  const length = targets.reduce((sum, target) => sum + lengthOf(target), 0)
  if (length > MAX_LENGTH) throw new AppError('input.invalid', message('jobs.errors.tooMuchText'))
  return {
    id: randomUUID(),
    ...what,
    maintenance: null,
    state: 'planned',
    halt: null,
    plannedAt: now,
    begunAt: null,
    endedAt: null,
    targets,
  }
}

function lengthOf({ changes, copy }: StoredTarget): number {
  const changed = changes.reduce((sum, { from, to }) => sum + from.length + to.length, 0)
  return (copy?.byHand ?? []).reduce((sum, { was }) => sum + was.length, changed)
}

/** The requests for a synchronization, none of them sent. */
export function waitingSteps(key: string, steps: readonly PlannedStep[]): StoredStep[] {
  return steps.map(({ name, phase, isOnlyIfRefused = false }) => ({
    name,
    phase,
    isOnlyIfRefused,
    path: BELOW[name] === null ? '/integrations' : `/integrations/${pathSegment(key)}${BELOW[name]}`,
    outcome: 'waiting',
    taskId: null,
    result: null,
    begunAt: null,
    endedAt: null,
  }))
}

/** By server, as the user has them, and by key, INT-9 before INT-10. */
export function inOrder(targets: readonly StoredTarget[], servers: readonly { readonly id: string }[]): StoredTarget[] {
  const order = new Map(servers.map(({ id }, at) => [id, at]))
  const rank = ({ serverId }: StoredTarget): number => order.get(serverId) ?? order.size
  return [...targets].sort((a, b) => rank(a) - rank(b) || byKey(a.key, b.key))
}

/** What is known about a synchronization before a job; nothing if it does not exist. */
export function beforeOf(record: SynchronizationRecord | null): JobTarget['before'] {
  const account = (side: 'first' | 'second'): JobTarget['before']['first'] => {
    const known = record?.integration[side] ?? null
    return known === null ? null : { user: known.user, baseUrl: maskUserinfo(known.baseUrl) }
  }
  return {
    state: record?.status?.word ?? '',
    isOffline: isOffline(record?.status ?? null),
    first: account('first'),
    second: account('second'),
  }
}
