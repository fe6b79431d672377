import { connectorsOf, plainStatus, type Conflict, type Entry, type Integration, type Status } from './model.ts'
import { addConflict } from './population.ts'
import type { Random } from './random.ts'

/** A state that a synchronization entered at `at`, epoch ms. */
export interface PastStatus {
  readonly at: number
  readonly status: Status
}

/** The conflicts that there were from `at` on, epoch ms. */
export interface PastConflicts {
  readonly at: number
  readonly conflicts: readonly Conflict[]
}

/** A synchronization as a list shows it, the states that it was in, and its conflicts, oldest first. */
export interface Past {
  readonly item: Integration
  readonly states: readonly PastStatus[]
  readonly conflicts: readonly PastConflicts[]
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAYS = 6
/** How long ago the partner's Jira, which most synchronizations lead to, did not answer, and for how long. */
const OUTAGE = { agoMs: 9 * HOUR, forMs: 40 * MINUTE, share: 0.25 }

/**
 * What somebody watching this synchronization for some days would have seen, oldest first: now and then a state for
 * some hours, a while in which the partner did not answer, and at last the current state.
 */
export function pastOf(random: Random, entry: Entry, now: number): PastStatus[] {
  const { integration, status } = entry
  const running = plainStatus(integration, true)
  const past: PastStatus[] = [{ at: now - DAYS * 24 * HOUR, status: running }]
  const isWell = status.status === 'RUNNING' && connectorsOf(entry).every((_, side) => isFine(entry, side))
  /** The present state began then; nothing before it may reach into it. */
  const begun = isWell ? now - 20 * MINUTE : now - sinceOf(random, status)
  const episode = (status: Status, from: number, forMs: number): void => {
    const until = from + forMs
    if (from > (past.at(-1)?.at ?? 0) && until < begun) past.push({ at: from, status }, { at: until, status: running })
  }
  if (random.next() < 0.2)
    episode(withErrors(running, random.whole(1, 6)), now - random.whole(30, 100) * HOUR, random.whole(1, 9) * HOUR)
  if (random.next() < 0.12) episode(plainStatus(integration, false), now - random.whole(20, 28) * HOUR, 2 * HOUR)
  if (connectorsOf(entry).length === 2 && random.next() < OUTAGE.share)
    episode(withoutPartner(running), now - OUTAGE.agoMs + random.whole(0, 90_000), OUTAGE.forMs)
  if (random.next() < 0.12)
    episode(withErrors(running, random.whole(1, 4)), now - random.whole(2, 7) * HOUR, random.whole(20, 100) * MINUTE)
  // A copy: the current state keeps changing.
  if (!isWell) past.push({ at: begun, status: structuredClone(status) })
  return past
}

/** Those that there are came up some time ago; here and there was one that has been solved. */
export function pastConflictsOf(random: Random, entry: Entry, now: number): PastConflicts[] {
  if (entry.conflicts.length > 0)
    return [{ at: now - random.whole(30, 70 * 60) * MINUTE, conflicts: structuredClone(entry.conflicts) }]
  if (random.next() >= 0.08) return []
  const solved = structuredClone(entry)
  addConflict(random, solved)
  const at = now - random.whole(26 * 60, 90 * 60) * MINUTE
  return [
    { at, conflicts: solved.conflicts },
    { at: at + random.whole(3 * 60, 24 * 60) * MINUTE, conflicts: [] },
  ]
}

/** How long the present state has lasted. */
function sinceOf(random: Random, { status }: Status): number {
  if (status === 'STOPPED') return random.whole(90, 5 * 24 * 60) * MINUTE
  return random.next() < 0.7 ? random.whole(25, 20 * 60) * MINUTE : random.whole(20, 70) * HOUR
}

function isFine({ status }: Entry, side: number): boolean {
  const connector = side === 0 ? status.firstConnector : status.secondConnector
  return connector === undefined || (connector.online && !connector.reconnecting && connector.issuesInError === 0)
}

function withErrors(status: Status, issuesInError: number): Status {
  return { ...status, firstConnector: { ...status.firstConnector, issuesInError } }
}

function withoutPartner(status: Status): Status {
  const { firstConnector } = status
  return {
    ...status,
    firstConnector: {
      ...firstConnector,
      online: false,
      reconnecting: true,
      incomingDetails: 'The other Jira did not answer.',
    },
  }
}
