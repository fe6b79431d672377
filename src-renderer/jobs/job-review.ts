import type { JobChange, JobTarget, ReplacedField, StepName } from '#contract/jobs.ts'
import type { MessageKey } from '#contract/messages/messages.ts'
import { refId } from '#contract/synchronizations.ts'
import type { Environment, Server } from '#contract/servers.ts'
import { shownText } from '#contract/shown-text.ts'
import { numberText } from '../text/spoken.ts'
import { t } from '../text/t.ts'
import { byServer, stepGroups, type StepGroup } from './job-phases.ts'
import { leftOutText } from './job-words.ts'

/** How each request is sent. Where a server of Backbone 3.8 to 4.1 refuses the verb of a start or a stop, it is sent as POST. */
const METHODS: Readonly<Record<StepName, string>> = {
  stop: 'PUT',
  start: 'PUT',
  update: 'PUT',
  edit: 'PUT',
  delete: 'DELETE',
}

/** The names of what is replaced. */
const FIELDS: Readonly<Record<ReplacedField, MessageKey>> = {
  summary: 'panel.draft.fields.summary',
  description: 'panel.draft.fields.description',
  'firstConnector.connection.application.baseUrl': 'panel.draft.fields.firstBaseUrl',
  'secondConnector.connection.application.baseUrl': 'panel.draft.fields.secondBaseUrl',
}

/** The requests by which what is replaced is sent. */
const REPLACING: ReadonlySet<StepName> = new Set(['update', 'edit'])

/** Backbone’s words for the states that a job comes from; the list is open. */
const STATES: Readonly<Record<string, MessageKey>> = {
  '': 'jobs.review.state.untold',
  RUNNING: 'jobs.review.state.running',
  STARTED: 'jobs.review.state.running',
  STOPPED: 'jobs.review.state.stopped',
}

/** A line of the list of what a job will send: requests that are alike on one server, one of them, what it replaces, and what is left out and why. */
export type ReviewLine =
  | {
      readonly kind: 'requests'
      readonly id: string
      readonly group: StepGroup
      readonly serverId: string
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
  | { readonly kind: 'change'; readonly id: string; readonly field: string; readonly change: JobChange }
  | { readonly kind: 'left-out'; readonly id: string; readonly reason: string; readonly count: number }
  | { readonly kind: 'not-sent'; readonly id: string; readonly target: JobTarget }

/** Everything that a job will send, in its order, and what it leaves out. */
export function reviewLines(targets: readonly JobTarget[]): ReviewLine[] {
  return [...stepGroups(targets).flatMap(linesOf), ...leftOutLines(targets)]
}

function linesOf(group: StepGroup): ReviewLine[] {
  return byServer(group.steps).flatMap(({ serverId, serverName, count }): ReviewLine[] => {
    const id = `${group.id} ${serverId}`
    const ofServer = group.steps.filter(({ target }) => target.serverId === serverId)
    const [first] = ofServer
    const request = first === undefined ? '' : `${METHODS[group.name]} ${withoutKey(first.step.path, first.target.key)}`
    return [
      { kind: 'requests', id, group, serverId, serverName, count, request },
      ...ofServer.flatMap(({ target, step }): ReviewLine[] => {
        const at = target.steps.indexOf(step)
        const before = group.isGuard ? t('jobs.review.state.refused') : beforeOf(target, at)
        const after = t(`jobs.review.after.${group.name}`)
        const changes = REPLACING.has(group.name) ? target.changes : []
        return [
          { kind: 'request', id: `${id} ${target.key} ${at}`, target, before, after },
          ...changes.map((change): ReviewLine => ({
            kind: 'change',
            id: `${id} ${target.key} ${at} ${change.field}`,
            field: t(FIELDS[change.field]),
            change,
          })),
        ]
      }),
    ]
  })
}

function leftOutLines(targets: readonly JobTarget[]): ReviewLine[] {
  const byReason = Map.groupBy(
    targets.filter(({ leftOut }) => leftOut !== null),
    leftOutText,
  )
  return [...byReason].flatMap(([reason, those]): ReviewLine[] => [
    { kind: 'left-out', id: `out ${reason}`, reason, count: those.length },
    ...those.map((target): ReviewLine => ({ kind: 'not-sent', id: `out ${refId(target)}`, target })),
  ])
}

/** What a synchronization is before a step: what it was when the job was planned, or what the step before leads to. */
function beforeOf({ before, steps }: JobTarget, at: number): string {
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

/** The servers of an environment that a job sends something to, `Vienna (12), Graz (3)`, and how many synchronizations that are. */
export function serversOf(
  targets: readonly JobTarget[],
  servers: ReadonlyMap<string, Pick<Server, 'environment'>>,
  environment: Environment,
): { readonly names: string; readonly count: number } {
  const those = targets.filter(
    ({ leftOut, serverId }) => leftOut === null && servers.get(serverId)?.environment === environment,
  )
  const names = byServer(those.map((target) => ({ target }))).map(({ serverName, count }) =>
    t('jobs.review.onServer', { server: serverName, count: numberText(count) }),
  )
  return { names: names.join(', '), count: those.length }
}
