import type { ConnectorStatus } from '#contract/synchronizations.ts'
import type { Integration, IntegrationStatus } from '../backbone/integration.ts'

/** What the status of a synchronization told when it was asked for itself; `at` in epoch ms. */
export interface Asked {
  readonly status: IntegrationStatus | null
  readonly at: number
}

/**
 * What the status left out is asked for again after this, in ms: while Jira or the other side is being started it tells
 * less.
 */
const LEFT_OUT_FOR_MS = 3_600_000

type Part = 'word' | 'first' | 'second'
const PARTS: readonly Part[] = ['word', 'first', 'second']

/** Whether a state says something, and of each part of which `other` says something as well. */
export function reportsNoLess(state: IntegrationStatus | null, other: IntegrationStatus | null): boolean {
  return (
    PARTS.some((part) => reports(state, part)) && PARTS.every((part) => reports(state, part) || !reports(other, part))
  )
}

/**
 * Whether the state that a list gives tells all that there is to know: the word, and both sides or, of a distributed
 * synchronization, the one that this Jira holds. What it leaves out may be what only that part shows, such as issues in
 * error. It may leave out what the status left out as well when it was asked for itself, within the last hour and in
 * the same state.
 */
export function reportsAll(
  listed: IntegrationStatus | null,
  { isDistributed, second }: Integration,
  asked: Asked | null,
  now: number,
): boolean {
  const holds = asked !== null && Math.abs(now - asked.at) < LEFT_OUT_FOR_MS
  const word = asked?.status?.word.trim() ?? ''
  const isSameState = word === '' || word === listed?.word.trim()
  const isElsewhere = (part: Part): boolean => part === 'second' && isDistributed && second === null
  return PARTS.every(
    (part) => reports(listed, part) || isElsewhere(part) || (holds && isSameState && !reports(asked.status, part)),
  )
}

function reports(state: IntegrationStatus | null, part: Part): boolean {
  if (state === null) return false
  return part === 'word' ? state.word.trim() !== '' : isTelling(state[part])
}

function isTelling(side: ConnectorStatus | null): boolean {
  if (side === null) return false
  const { isOnline, isReconnecting, incoming, outgoing, external, issuesInError } = side
  const texts = [incoming, outgoing].flatMap(({ route, processing, details }) => [route, processing, details])
  return (
    [isOnline, isReconnecting, issuesInError].some((value) => value !== null) ||
    [...texts, external].some((text) => text.trim() !== '')
  )
}
