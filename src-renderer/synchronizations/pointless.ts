import type { SynchronizationRow } from '#contract/synchronizations.ts'
import type { RunOperation } from '#contract/tasks.ts'
import { counted } from '../text/t.ts'

type State = Pick<SynchronizationRow, 'health' | 'state'>

/**
 * Whether the operation would leave the synchronization as it is. If its state leaves that open, it is not pointless.
 */
export function isPointless(operation: RunOperation, { health, state }: State): boolean {
  if (operation === 'stop') return health === 'stopped'
  // Issues in error are reported only while it runs; an offline side may belong to either state.
  return operation === 'start' && (health === 'running' || state.key === 'synchronizations.states.error')
}

/** Why the operation is not offered for these rows; empty if it changes at least one. */
export function whyPointless(operation: RunOperation, rows: readonly (State & { readonly key: string })[]): string {
  const [first] = rows
  if (first === undefined || operation === 'restart') return ''
  if (!rows.every((row) => isPointless(operation, row))) return ''
  return counted(`synchronizations.pointless.${operation}`, rows.length, { key: first.key })
}
