import type { ListAnswer } from '../backbone/backbone-api.ts'
import type { AppError } from '../errors/app-error.ts'

const MAX_GAPS = 8
const MAX_NAMES = 3

/**
 * What is missing from a reading, one sentence each: refused projects, unreadable items, states that could not be read.
 * `absent`: keys that may be in one of these gaps.
 */
export function gapsOf(
  { unreadable, refused }: ListAnswer,
  absent: readonly string[],
  unread: ReadonlyMap<string, AppError>,
): string[] {
  const reasons = Object.entries(Object.groupBy(unreadable, (reason) => reason))
  const messages = Object.entries(Object.groupBy(unread, ([, error]) => error.message))
  const gaps = [
    ...refused.map(({ projectKey, error }) => `Project ${projectKey} could not be listed: ${error.message}`),
    ...reasons.map(([reason, { length = 0 } = []]) =>
      length === 1
        ? `An item of the list is not shown: it has ${reason}.`
        : `${length} items of the list are not shown: each has ${reason}.`,
    ),
    ...(absent.length === 0
      ? []
      : [`${named(absent)} ${absent.length === 1 ? 'was' : 'were'} not listed, but may be where the list has a gap.`]),
    ...messages.map(
      ([message, entries = []]) => `The state of ${named(entries.map(([key]) => key))} could not be read: ${message}`,
    ),
  ]
  return gaps.length <= MAX_GAPS
    ? gaps
    : [...gaps.slice(0, MAX_GAPS - 1), `There are ${gaps.length - MAX_GAPS + 1} more gaps of this kind.`]
}

function named(keys: readonly string[]): string {
  const names = keys.slice(0, MAX_NAMES).join(', ')
  return keys.length <= MAX_NAMES ? names : `${names} and ${keys.length - MAX_NAMES} more`
}
