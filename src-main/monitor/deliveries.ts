import { createHash } from 'node:crypto'
import type { StoredDelivery } from '../storage/delivery-table.ts'
import { asBoolean, asNumber, asText, type WireObject } from '../wire-values.ts'

/** What one reading of both sides' links shows of one direction. */
export type Delivery = Pick<StoredDelivery, 'sentAt' | 'receivedAt' | 'digest'>

/** One direction as last read. */
export interface Direction extends Delivery {
  /** What was sent has been seen to arrive. */
  readonly isProven: boolean
  /** Since when something sent was seen to wait, without gaps; null if nothing waits. */
  readonly waiting: { readonly elapsed: number; readonly at: number } | null
}

/** The present, on both clocks, and whether the direction was watched without a gap until then. */
export interface Moment {
  readonly elapsed: number
  readonly at: number
  readonly isWithoutGap: boolean
}

/** What one direction shows, from the links of both sides; null if no side notes what it sends. */
export function deliveryOf(sending: readonly WireObject[], receiving: readonly WireObject[]): Delivery | null {
  const ignoring = receiving.filter(({ incomingChangesIgnored }) => asBoolean(incomingChangesIgnored) === true)
  const ignored = new Set(ignoring.map((link) => pairOf(link.remoteIssueKey, link.localIssueKey)))
  const sent = sending.filter(
    ({ localIssueKey, remoteIssueKey }) => !ignored.has(pairOf(localIssueKey, remoteIssueKey)),
  )
  const sentAt = latest(sent.map(({ lastOutgoingChange }) => lastOutgoingChange))
  if (sentAt === 0) return null
  const lines = receiving.map(
    ({ localIssueKey, remoteIssueKey, lastIncomingChange, incomingMessageSequenceId }) =>
      `${pairOf(localIssueKey, remoteIssueKey)} ${asText(lastIncomingChange)} ${asText(incomingMessageSequenceId)}`,
  )
  return {
    sentAt,
    receivedAt: latest(receiving.map(({ lastIncomingChange }) => lastIncomingChange)),
    digest: createHash('sha256').update(lines.sort().join('\n')).digest('hex'),
  }
}

/**
 * The direction after another reading. Only values of the same side are compared with each other, never the clocks of
 * both: something was sent if the sender's latest outgoing change moved, and anything that moved on the other side may
 * be its arrival.
 */
export function after(before: Direction | null, read: Delivery, now: Moment): Direction {
  if (before === null) return { ...read, isProven: false, waiting: null }
  const isSent = read.sentAt > before.sentAt
  if (read.digest !== before.digest) {
    const hasArrived = (isSent || before.waiting !== null) && read.receivedAt > before.receivedAt
    return { ...read, isProven: before.isProven || hasArrived, waiting: null }
  }
  const isWaiting = isSent || before.waiting !== null
  const since = before.waiting !== null && now.isWithoutGap ? before.waiting : { elapsed: now.elapsed, at: now.at }
  return { ...read, isProven: before.isProven, waiting: isWaiting ? since : null }
}

const pairOf = (local: unknown, remote: unknown): string => `${asText(local)} ${asText(remote)}`

function latest(values: readonly unknown[]): number {
  return values.reduce<number>((most, value) => Math.max(most, asNumber(value) ?? 0), 0)
}
