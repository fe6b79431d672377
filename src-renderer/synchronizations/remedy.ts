import type { SynchronizationRow } from '#contract/synchronizations.ts'
import type { RunOperation } from '#contract/tasks.ts'

/** The operation most likely wanted in this state; null if none is. */
export function remedyOf({ health, state }: Pick<SynchronizationRow, 'health' | 'state'>): RunOperation | null {
  if (health === 'stopped') return 'start'
  return health === 'error' || state.key === 'synchronizations.states.restartRequired' ? 'restart' : null
}
