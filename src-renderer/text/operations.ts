import type { Operation, Outcome } from '#contract/tasks.ts'

export const OPERATION_LABEL: Readonly<Record<Operation, string>> = {
  start: 'Start',
  stop: 'Stop',
  restart: 'Restart',
  update: 'Change',
  connection: 'Update connection of',
}

export const OUTCOME_LABEL: Readonly<Record<Outcome, string>> = {
  succeeded: 'Done',
  failed: 'Failed',
  refused: 'Refused',
  cancelled: 'Cancelled',
  lost: 'Outcome lost',
  unknown: 'Outcome unknown',
  interrupted: 'Interrupted',
}

/** `1 synchronization`, `12 synchronizations`. */
export function countText(count: number, singular: string, plural = `${singular}s`): string {
  return `${count.toLocaleString()} ${count === 1 ? singular : plural}`
}
