import { foreign, foreignOrNone, message, type Message } from '#contract/messages/message.ts'
import type { ConnectorStatus, Health } from '#contract/synchronizations.ts'
import type { IntegrationStatus } from '../backbone/integration.ts'

/** The state of a synchronization as the table shows it. */
export interface HealthState {
  readonly health: Health
  readonly state: Message
  /** The reason, if the state does not say everything. */
  readonly reason: Message | null
  readonly issuesInError: number | null
}

const RUNNING = message('synchronizations.states.running')
const STOPPED = message('synchronizations.states.stopped')
const NOT_REPORTED = message('synchronizations.states.untold')
const RECONNECTING = message('synchronizations.states.reconnecting')
const ROUTE_STOPPED = message('synchronizations.states.routeStopped')
const UNREPORTED = {
  health: 'unknown',
  state: NOT_REPORTED,
  reason: message('synchronizations.reasons.untold'),
} as const

/** Backbone's states; the list is open, and unknown ones are shown as received. */
const KNOWN_WORDS: Readonly<Record<string, Pick<HealthState, 'health' | 'state'>>> = {
  RUNNING: { health: 'running', state: RUNNING },
  STARTED: { health: 'running', state: RUNNING },
  STOPPED: { health: 'stopped', state: STOPPED },
  'RESTART REQUIRED': { health: 'attention', state: message('synchronizations.states.restartRequired') },
  'UPDATE REQUIRED': { health: 'attention', state: message('synchronizations.states.updateRequired') },
  HANDSHAKE: { health: 'transition', state: message('synchronizations.states.handshake') },
  'WAITING FOR SLAVE': { health: 'transition', state: message('synchronizations.states.waitingForSlave') },
}

/** One side has sent something, and the other has noted nothing as received since. */
export interface Undelivered {
  /** When that was first read, epoch ms. */
  readonly since: number
  /** The projects of both. */
  readonly sender: string
  readonly receiver: string
}

/** For a synchronization whose state was never read. */
export const NOT_READ: HealthState = {
  health: 'unknown',
  state: message('synchronizations.states.notRead'),
  reason: null,
  issuesInError: null,
}

/** Derives it from the state word and both connectors; the worst finding decides. */
export function deriveHealth(status: IntegrationStatus | null): HealthState {
  if (status === null) return { ...UNREPORTED, issuesInError: null }
  const sides = [status.first, status.second].filter((side) => side !== null)
  const counts = sides.flatMap((side) => side.issuesInError ?? [])
  const issuesInError = counts.length === 0 ? null : counts.reduce((sum, count) => sum + count, 0)
  const base: HealthState = { ...stateOf(status.word.trim()), reason: null, issuesInError }
  if (base.health === 'stopped') return withErrors(base)
  if (sides.some((side) => side.isOnline === false && side.isReconnecting !== true)) {
    const state = message('synchronizations.states.offlineSide')
    return { ...base, health: 'error', state, reason: sideDetails(status, 'offline') }
  }
  if (sides.some((side) => side.isReconnecting === true)) {
    return { ...base, health: 'attention', state: RECONNECTING, reason: sideDetails(status, 'reconnecting') }
  }
  if (issuesInError !== null && issuesInError > 0) {
    const state = base.health === 'running' ? message('synchronizations.states.error') : base.state
    return { ...withErrors(base), health: 'error', state }
  }
  if (base.health === 'running' && sides.some(hasStoppedRoute)) {
    const reason = message('synchronizations.reasons.routeStopped')
    return { ...base, health: 'attention', state: ROUTE_STOPPED, reason }
  }
  return base
}

/** What is shown instead of *Running* if nothing arrives. Any other state says more. */
export function withUndelivered(healthState: HealthState, { since, sender, receiver }: Undelivered): HealthState {
  if (healthState.health !== 'running') return healthState
  return {
    ...healthState,
    health: 'attention',
    state: message('synchronizations.states.undelivered'),
    reason: message('synchronizations.reasons.undelivered', {
      since: { at: since },
      sender: foreign(sender),
      receiver: foreign(receiver),
    }),
  }
}

/** The same for a single connector. */
export function deriveConnectorHealth(status: ConnectorStatus | null): Omit<HealthState, 'issuesInError'> {
  if (status === null) return UNREPORTED
  const { isOnline, isReconnecting, issuesInError, incoming, outgoing } = status
  const reason = foreignOrNone(textsOf([incoming.details, outgoing.details]))
  if (isReconnecting === true) return { health: 'attention', state: RECONNECTING, reason }
  if (isOnline === false) return { health: 'error', state: message('synchronizations.states.offline'), reason }
  if (issuesInError !== null && issuesInError > 0)
    return { health: 'error', state: message('synchronizations.states.errors'), reason: inError(issuesInError) }
  const stopped = [incoming, outgoing].filter(({ route }) => route.toUpperCase() === 'STOPPED').length
  if (stopped === 2) return { health: 'stopped', state: STOPPED, reason }
  if (stopped === 1) return { health: 'attention', state: ROUTE_STOPPED, reason }
  return isOnline === null
    ? { health: 'unknown', state: NOT_REPORTED, reason }
    : { health: 'running', state: message('synchronizations.states.online'), reason }
}

function stateOf(word: string): Pick<HealthState, 'health' | 'state'> {
  const known = KNOWN_WORDS[word.toUpperCase().replaceAll('_', ' ')]
  return known ?? { health: 'unknown', state: word === '' ? NOT_REPORTED : foreign(word) }
}

function inError(count: number): Message {
  return message('synchronizations.reasons.inError', { count })
}

function withErrors(healthState: HealthState): HealthState {
  const { issuesInError } = healthState
  if (issuesInError === null || issuesInError === 0) return healthState
  return { ...healthState, reason: inError(issuesInError) }
}

function sideDetails(status: IntegrationStatus, what: 'offline' | 'reconnecting'): Message {
  const isBad = (side: ConnectorStatus | null): boolean => side?.isOnline === false || side?.isReconnecting === true
  const which = isBad(status.first) ? (isBad(status.second) ? 'both' : 'first') : 'second'
  const details = textsOf(
    [status.first, status.second].flatMap((side) =>
      isBad(side) ? [side?.incoming.details ?? '', side?.outgoing.details ?? ''] : [],
    ),
  )
  const problem = message(`synchronizations.reasons.${what}.${which}`)
  return details === '' ? problem : message('synchronizations.reasons.because', { problem, details })
}

/** Each only once. */
function textsOf(texts: readonly string[]): string {
  return [...new Set(texts.filter((text) => text !== ''))].join(' ')
}

function hasStoppedRoute(side: ConnectorStatus): boolean {
  return [side.incoming.route, side.outgoing.route].some((route) => route.toUpperCase() === 'STOPPED')
}
