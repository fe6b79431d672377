import type { Operation, Outcome } from '#contract/tasks.ts'
import { t } from './t.ts'

/** The name of an operation on its own: on a button or in a list. */
export function operationText(operation: Operation): string {
  return t(`text.operations.${operation}`)
}

/** How a task ended, in one or two words. */
export function outcomeText(outcome: Outcome): string {
  return t(`states.outcome.${outcome}`)
}
