import type { DraftField } from '#contract/editing.ts'
import type { ServerId } from '#contract/ids.ts'
import { addresseeOf, type JobChange, type JobTarget, type StepName } from '#contract/jobs.ts'
import { messageId } from '#contract/messages/message.ts'
import type { MessageKey } from '#contract/messages/messages.ts'
import { refId } from '#contract/synchronizations.ts'
import type { Environment, Server } from '#contract/servers.ts'
import { shownText } from '#contract/shown-text.ts'
import { draftFieldText } from '../text/draft-field-text.ts'
import { numberText } from '../text/spoken.ts'
import { say, t } from '../text/t.ts'
import { handWorkLines, type HandWorkLine } from './hand-work.ts'
import { byServer, stepGroups, type StepGroup } from './job-phases.ts'

/**
 * How each request is sent. If a server with Backbone 3.8 to 4.1 refuses the verb of a start or a stop, it is sent as
 * POST.
 */
const METHODS: Readonly<Record<StepName, string>> = {
  stop: 'PUT',
  start: 'PUT',
  update: 'PUT',
  edit: 'PUT',
  delete: 'DELETE',
  create: 'POST',
}

/** A creation sends a side’s password after its sync user. */
const PASSWORDS: Readonly<Partial<Record<DraftField, MessageKey>>> = {
  'firstConnector.connection.application.user': 'panel.connectionDialog.first.password',
  'secondConnector.connection.application.user': 'panel.connectionDialog.second.password',
}

/** The requests that send replaced or copied fields. */
const WITH_FIELDS: ReadonlySet<StepName> = new Set(['update', 'edit', 'create'])

/** Backbone's words for the states a job starts from; the list is open-ended. */
const STATES: Readonly<Record<string, MessageKey>> = {
  '': 'jobs.review.state.untold',
  RUNNING: 'jobs.review.state.running',
  STARTED: 'jobs.review.state.running',
  STOPPED: 'jobs.review.state.stopped',
}

/**
 * A line in the list of what a job will send: similar requests on one server, a single request, one of its fields, work
 * to do by hand, and what is left out and why.
 */
export type ReviewLine =
  | {
      readonly kind: 'requests'
      readonly id: string
      readonly group: StepGroup
      readonly serverId: ServerId
      readonly serverName: string
      readonly count: number
      /** `PUT /integrations/…/stop` */
      readonly request: string
    }
  | {
      readonly kind: 'request'
      readonly id: string
      readonly target: JobTarget
      readonly before: string
      readonly after: string
    }
  | { readonly kind: 'change'; readonly id: string; readonly field: string; readonly text: string }
  | { readonly kind: 'by-hand'; readonly id: string; readonly count: number }
  | ({ readonly kind: 'hand-work' } & HandWorkLine)
  | { readonly kind: 'left-out'; readonly id: string; readonly reason: string; readonly count: number }
  | { readonly kind: 'not-sent'; readonly id: string; readonly target: JobTarget }

/** Everything that a job will send, in its order, and what it leaves out. */
export function reviewLines(targets: readonly JobTarget[]): ReviewLine[] {
  return [...stepGroups(targets).flatMap(linesOf), ...byHandLines(targets), ...leftOutLines(targets)]
}

function linesOf(group: StepGroup): ReviewLine[] {
  return byServer(group.steps).flatMap(({ serverId, serverName, count }): ReviewLine[] => {
    const id = `${group.id} ${serverId}`
    const ofServer = group.steps.filter(({ target }) => addresseeOf(target).serverId === serverId)
    const [first] = ofServer
    const request = first === undefined ? '' : `${METHODS[group.name]} ${withoutKey(first.step.path, first.target.key)}`
    return [
      { kind: 'requests', id, group, serverId, serverName, count, request },
      ...ofServer.flatMap(({ target, step }): ReviewLine[] => {
        const at = target.steps.indexOf(step)
        const before = group.isGuard ? t('jobs.review.state.refused') : beforeOf(target, at)
        const after = t(`jobs.review.after.${group.name}`)
        const changes = WITH_FIELDS.has(group.name) ? target.changes : []
        const ofTarget = `${id} ${refId(target)} ${at}`
        return [
          { kind: 'request', id: ofTarget, target, before, after },
          ...changes.flatMap((change) => fieldLines(change, ofTarget, group.name)),
        ]
      }),
    ]
  })
}

/** A field of a request; in a creation, that of a sync user is followed by the password. */
function fieldLines(change: JobChange, ofTarget: string, name: StepName): ReviewLine[] {
  const { field } = change
  const id = `${ofTarget} ${field}`
  const password = name === 'create' ? PASSWORDS[field] : undefined
  return [
    { kind: 'change', id, field: draftFieldText(field), text: changeText(change) },
    ...(password === undefined
      ? []
      : [{ kind: 'change', id: `${id} password`, field: t(password), text: t('jobs.review.password') } as const]),
  ]
}

function changeText({ from, to }: JobChange): string {
  if (from !== to) return t('jobs.review.field', { from, to })
  return to === '' ? t('jobs.review.empty') : t('jobs.review.same', { value: to })
}

function byHandLines(targets: readonly JobTarget[]): ReviewLine[] {
  const concerned = targets.filter(({ leftOut, copy }) => leftOut === null && (copy?.byHand ?? []).length > 0)
  if (concerned.length === 0) return []
  const header = { kind: 'by-hand', id: 'by-hand', count: concerned.length } as const
  return [header, ...handWorkLines(concerned).map((line) => ({ kind: 'hand-work' as const, ...line }))]
}

function leftOutLines(targets: readonly JobTarget[]): ReviewLine[] {
  const leftOut = targets.flatMap((target) => (target.leftOut === null ? [] : [{ target, reason: target.leftOut }]))
  const byReason = Map.groupBy(leftOut, ({ reason }) => messageId(reason))
  return [...byReason].flatMap(([id, those]): ReviewLine[] => [
    {
      kind: 'left-out',
      id: `out ${id}`,
      reason: those[0] === undefined ? '' : say(those[0].reason),
      count: those.length,
    },
    ...those.map(({ target }): ReviewLine => ({ kind: 'not-sent', id: `out ${refId(target)}`, target })),
  ])
}

/** What a synchronization is before a step: what it was when the job was planned, or what the step before leads to. */
function beforeOf({ before, copy, steps }: JobTarget, at: number): string {
  if (copy !== null) return t('jobs.review.state.absent')
  const earlier = steps.slice(0, at).findLast(({ isOnlyIfRefused }) => !isOnlyIfRefused)
  return earlier === undefined ? stateText(before) : t(`jobs.review.after.${earlier.name}`)
}

/** What a synchronization was when its job was planned. */
export function stateText({ state, isOffline }: JobTarget['before']): string {
  const key = STATES[state.toUpperCase()]
  const words = key === undefined ? shownText(state) : t(key)
  return isOffline ? t('jobs.review.state.offline', { state: words }) : words
}

function withoutKey(path: string, key: string): string {
  return path
    .split('/')
    .map((segment) => (segment === encodeURIComponent(key) ? '…' : segment))
    .join('/')
}

/**
 * The servers of an environment that a job sends something to, `Vienna (12), Graz (3)`, and how many synchronizations
 * that are.
 */
export function serversOf(
  targets: readonly JobTarget[],
  servers: ReadonlyMap<string, Pick<Server, 'environment'>>,
  environment: Environment,
): { readonly names: string; readonly count: number } {
  const those = targets.filter(
    (target) => target.leftOut === null && servers.get(addresseeOf(target).serverId)?.environment === environment,
  )
  const names = byServer(those.map((target) => ({ target }))).map(({ serverName, count }) =>
    t('jobs.review.onServer', { server: serverName, count: numberText(count) }),
  )
  return { names: names.join(', '), count: those.length }
}
