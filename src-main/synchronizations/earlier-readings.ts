import type { ServerId } from '#contract/ids.ts'
import { readIntegration } from '../backbone/integration.ts'
import { asObject } from '../wire-values.ts'
import { fromListItem, withStatus, type SynchronizationRecord } from './synchronization-record.ts'

/** A state as the server reported it at `at`, epoch ms. */
export interface EarlierState {
  readonly at: number
  readonly status: unknown
}

/** As often as servers are read. */
const READ_EVERY_MS = 30_000

/**
 * The records that readings of one synchronization would have left, oldest first. Right before each change the old
 * state was read, so the change was seen. Empty if the object cannot be read.
 */
export function earlierReadings(
  serverId: ServerId,
  item: unknown,
  states: readonly EarlierState[],
): SynchronizationRecord[] {
  const [integration, original, first] = [readIntegration(item), asObject(item), states[0]]
  if (integration === null || original === null || first === undefined) return []
  let record = fromListItem(serverId, { integration, original }, null, first.at, 0)
  let last: unknown = null
  const records: SynchronizationRecord[] = []
  for (const { at, status } of states) {
    if (last !== null) record = withStatus(record, last, at - READ_EVERY_MS, 0)
    record = withStatus(record, status, at, 0)
    records.push(record)
    last = status
  }
  return records
}
