import * as v from 'valibot'
import { foreign, message, messageSchema, type Message, type MessageValues } from './message.ts'
import type { MessageKey } from './messages.ts'

const MARK = 'message '
const MAX_TEXT = 500

/** What a schema says of a value that it refuses. Schemas know texts only: this one holds the message, for `problemOf`. */
export function problem(key: MessageKey, values?: MessageValues): string {
  return MARK + JSON.stringify(message(key, values))
}

/** What is wrong with a value, by the schema that refused it. Valibot's own words are for whoever wrote the sender. */
export function problemOf(issue: v.BaseIssue<unknown>): Message {
  if (issue.message.startsWith(MARK)) return v.parse(messageSchema, JSON.parse(issue.message.slice(MARK.length)))
  if (issue.type === 'max_length' && typeof issue.input === 'string' && typeof issue.requirement === 'number')
    return message('errors.fields.tooLong', { count: issue.requirement })
  return foreign(issue.message.slice(0, MAX_TEXT))
}
