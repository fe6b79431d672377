import { message, sentences, type Message } from '#contract/messages/message.ts'
import type { ListAnswer } from '../backbone/backbone-api.ts'
import type { AppError } from '../errors/app-error.ts'
import { byKey } from '../text/key-order.ts'

const MAX_GAPS = 8
const MAX_NAMES = 3

/**
 * What is missing from a reading, one message each: refused projects, unreadable items, states that could not be read.
 * `absent`: keys that may be in one of these gaps.
 */
export function gapsOf(
  { unreadable, refused }: ListAnswer,
  absent: readonly string[],
  unread: ReadonlyMap<string, AppError>,
): Message[] {
  const reasons = Object.values(Object.groupBy(unreadable, (reason) => JSON.stringify(reason)))
  const failures = Object.values(Object.groupBy(unread, ([, { data }]) => JSON.stringify(data.message)))
  const gaps = [
    ...refused.map(({ projectKey, error }) =>
      sentences(message('synchronizations.gaps.project', { project: projectKey }), error.message),
    ),
    ...reasons.flatMap(([reason, ...others] = []) =>
      reason === undefined ? [] : [message('synchronizations.gaps.items', { count: others.length + 1, reason })],
    ),
    ...(absent.length === 0
      ? []
      : [message('synchronizations.gaps.absent', { names: named(absent), count: absent.length })]),
    ...failures.flatMap((entries = []) =>
      entries
        .slice(0, 1)
        .map(([, { data }]) =>
          sentences(
            message('synchronizations.gaps.states', { names: named(entries.map(([key]) => key).sort(byKey)) }),
            data.message,
          ),
        ),
    ),
  ]
  const more = gaps.length - MAX_GAPS + 1
  return more <= 1 ? gaps : [...gaps.slice(0, MAX_GAPS - 1), message('synchronizations.gaps.more', { count: more })]
}

function named(keys: readonly string[]): string | Message {
  const names = keys.slice(0, MAX_NAMES).join(', ')
  const more = keys.length - MAX_NAMES
  return more <= 0 ? names : message('synchronizations.gaps.names', { names, count: more })
}
