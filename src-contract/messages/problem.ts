import * as v from 'valibot'
import { foreign, message, messageSchema, type Message, type MessageValues } from './message.ts'
import type { MessageKey } from './messages.ts'

const MARK = 'message '
const MAX_TEXT = 500

/**
 * What a schema says about a value that it refuses. Schemas can only hold texts: this one contains the message, for
 * `problemOf`.
 */
export function problem(key: MessageKey, values?: MessageValues): string {
  return MARK + JSON.stringify(message(key, values))
}

/**
 * What is wrong with a value, according to the schema that refused it. Valibot's own words are for the developer of the
 * sender.
 */
export function problemOf(issue: v.BaseIssue<unknown>): Message {
  if (issue.message.startsWith(MARK)) return v.parse(messageSchema, JSON.parse(issue.message.slice(MARK.length)))
  if (issue.type === 'max_length' && typeof issue.input === 'string' && typeof issue.requirement === 'number')
    return message('errors.fields.tooLong', { count: issue.requirement })
  return foreign(issue.message.slice(0, MAX_TEXT))
}
