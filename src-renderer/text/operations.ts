import type { Operation, Outcome } from '#contract/tasks.ts'
import { t } from './t.ts'

/** What an operation is called where it stands alone: on a button, in a list. */
export function operationText(operation: Operation): string {
  return t(`text.operations.${operation}`)
}

/** How a task ended, in one or two words. */
export function outcomeText(outcome: Outcome): string {
  return t(`states.outcome.${outcome}`)
}
