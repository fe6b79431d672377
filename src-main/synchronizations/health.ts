import type { ConnectorStatus, Health } from '#contract/synchronizations.ts'
import type { IntegrationStatus } from '../backbone/integration.ts'

/** The state of a synchronization as the table shows it. */
export interface Condition {
  readonly health: Health
  readonly stateLabel: string
  /** Why, where the label does not say it all. */
  readonly reason: string
  readonly issuesInError: number | null
}

/** Backbone's states; the list is open, and unknown ones are shown as received. */
const KNOWN_WORDS: Readonly<Record<string, { health: Health; label: string }>> = {
  RUNNING: { health: 'running', label: 'Running' },
  STARTED: { health: 'running', label: 'Running' },
  STOPPED: { health: 'stopped', label: 'Stopped' },
  'RESTART REQUIRED': { health: 'attention', label: 'Restart required' },
  'UPDATE REQUIRED': { health: 'attention', label: 'Update required' },
  HANDSHAKE: { health: 'transition', label: 'Handshake' },
  'WAITING FOR SLAVE': { health: 'transition', label: 'Waiting for slave' },
}

/** Of a synchronization whose state was never read. */
export const NOT_READ: Condition = { health: 'unknown', stateLabel: 'Not read yet', reason: '', issuesInError: null }

/** Derives the condition from the state word and both connectors; the worst thing found decides. */
export function deriveCondition(status: IntegrationStatus | null): Condition {
  if (status === null)
    return { health: 'unknown', stateLabel: 'Not told', reason: 'The server did not tell a state', issuesInError: null }
  const sides = [status.first, status.second].filter((side) => side !== null)
  const counts = sides.flatMap((side) => side.issuesInError ?? [])
  const issuesInError = counts.length === 0 ? null : counts.reduce((sum, count) => sum + count, 0)
  const known = KNOWN_WORDS[status.word.trim().toUpperCase().replaceAll('_', ' ')]
  const base = {
    health: known?.health ?? ('unknown' as const),
    stateLabel: known?.label ?? (status.word.trim() === '' ? 'Not told' : status.word.trim()),
    reason: '',
    issuesInError,
  }
  if (base.health === 'stopped') return withErrors(base)
  if (sides.some((side) => side.isOnline === false && side.isReconnecting !== true)) {
    return { ...base, health: 'error', stateLabel: 'Offline side', reason: sideDetails(status, 'is offline') }
  }
  if (sides.some((side) => side.isReconnecting === true)) {
    return { ...base, health: 'attention', stateLabel: 'Reconnecting', reason: sideDetails(status, 'is reconnecting') }
  }
  if (issuesInError !== null && issuesInError > 0) {
    return { ...withErrors(base), health: 'error', stateLabel: base.health === 'running' ? 'Error' : base.stateLabel }
  }
  if (base.health === 'running' && sides.some(hasStoppedRoute)) {
    return {
      ...base,
      health: 'attention',
      stateLabel: 'Route stopped',
      reason: 'A route is stopped although the synchronization runs',
    }
  }
  return base
}

/** The condition of one connector by itself. */
export function deriveConnectorCondition(status: ConnectorStatus | null): Omit<Condition, 'issuesInError'> {
  if (status === null) return { health: 'unknown', stateLabel: 'Not told', reason: 'The server did not tell a state' }
  const { isOnline, isReconnecting, issuesInError, incoming, outgoing } = status
  const said = [...new Set([incoming.details, outgoing.details].filter((text) => text !== ''))].join(' ')
  if (isReconnecting === true) return { health: 'attention', stateLabel: 'Reconnecting', reason: said }
  if (isOnline === false) return { health: 'error', stateLabel: 'Offline', reason: said }
  if (issuesInError !== null && issuesInError > 0)
    return { health: 'error', stateLabel: 'Errors', reason: issueWords(issuesInError) }
  const stopped = [incoming, outgoing].filter(({ route }) => route.toUpperCase() === 'STOPPED').length
  if (stopped === 2) return { health: 'stopped', stateLabel: 'Stopped', reason: said }
  if (stopped === 1) return { health: 'attention', stateLabel: 'Route stopped', reason: said }
  return isOnline === null
    ? { health: 'unknown', stateLabel: 'Not told', reason: said }
    : { health: 'running', stateLabel: 'Online', reason: said }
}

function issueWords(count: number): string {
  return count === 1 ? '1 issue in error' : `${count} issues in error`
}

function withErrors(condition: Condition): Condition {
  const { issuesInError } = condition
  if (issuesInError === null || issuesInError === 0) return condition
  return { ...condition, reason: issueWords(issuesInError) }
}

function sideDetails(status: IntegrationStatus, what: string): string {
  const isBad = (side: ConnectorStatus | null): boolean => side?.isOnline === false || side?.isReconnecting === true
  const name = isBad(status.first) ? (isBad(status.second) ? 'Each side' : 'The first side') : 'The second side'
  const details = [status.first, status.second].flatMap((side) =>
    isBad(side) ? [side?.incoming.details ?? '', side?.outgoing.details ?? ''] : [],
  )
  const said = [...new Set(details.filter((text) => text !== ''))].join(' ')
  return said === '' ? `${name} ${what}` : `${name} ${what}: ${said}`
}

function hasStoppedRoute(side: ConnectorStatus): boolean {
  return [side.incoming.route, side.outgoing.route].some((route) => route.toUpperCase() === 'STOPPED')
}
