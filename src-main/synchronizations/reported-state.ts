import type { ConnectorStatus } from '#contract/synchronizations.ts'
import type { Integration, IntegrationStatus } from '../backbone/integration.ts'

/** What the status of a synchronization contained when it was last read itself; `at` in epoch ms. */
export interface Asked {
  readonly status: IntegrationStatus | null
  readonly at: number
}

/**
 * What the status left out is requested again after this time, in ms: while Jira or the other side is starting, it
 * contains less.
 */
const LEFT_OUT_FOR_MS = 3_600_000

type Part = 'word' | 'first' | 'second'
const PARTS: readonly Part[] = ['word', 'first', 'second']

/** Whether a state says something, and also something about each part about which `other` does. */
export function reportsNoLess(state: IntegrationStatus | null, other: IntegrationStatus | null): boolean {
  return (
    PARTS.some((part) => reports(state, part)) && PARTS.every((part) => reports(state, part) || !reports(other, part))
  )
}

/**
 * Whether the state in a list is complete: the word, and both sides or, for a distributed synchronization, the one that
 * this Jira holds. Only a missing part might show something, such as issues in error. It may lack what the status
 * itself lacked when it was last read, within the last hour and in the same state.
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
