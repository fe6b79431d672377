import type { Operation, Outcome, Task } from '#contract/tasks.ts'
import { say, t } from './t.ts'

/** The name of an operation on its own: on a button or in a list. */
export function operationText(operation: Operation): string {
  return t(`text.operations.${operation}`)
}

/** How a task ended, in one or two words. */
export function outcomeText(outcome: Outcome): string {
  return t(`states.outcome.${outcome}`)
}

/**
 * What there is to say about a task besides its outcome: why it failed, or how it is progressing. Empty if there is
 * nothing.
 */
export function taskText({ failure, message }: Pick<Task, 'failure' | 'message'>): string {
  const words = failure ?? message
  return words === null ? '' : say(words)
}
