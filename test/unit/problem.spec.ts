import * as v from 'valibot'
import { expect, it } from 'vitest'
import { foreign, message } from '../../src-contract/messages/message.ts'
import { problem, problemOf } from '../../src-contract/messages/problem.ts'
import { say } from '../../src-main/text/say.ts'
import { settingsSchema } from '../../src-contract/settings.ts'

const issueOf = (schema: v.GenericSchema, value: unknown): v.BaseIssue<unknown> => {
  const [issue] = v.safeParse(schema, value).issues ?? []
  if (issue === undefined) throw new Error('accepted')
  return issue
}

it('what a schema says of a value is a message with its values', () => {
  const what = message('errors.fields.number.interval')
  const schema = v.pipe(v.number(), v.minValue(1200, problem('errors.fields.number.least', { what, min: 1200 })))
  expect(problemOf(issueOf(schema, 3))).toEqual(message('errors.fields.number.least', { what, min: 1200 }))
  const issue = issueOf(settingsSchema.entries.refreshIntervalSeconds, 4)
  expect(say(problemOf(issue))).toBe('The interval must be at least 5')
})

it('a text that is too long is reported with the length allowed, if the schema says no more', () => {
  const issue = issueOf(v.pipe(v.string(), v.maxLength(3)), 'message {"key":"errors.aborted"}')
  expect(problemOf(issue)).toEqual(message('errors.fields.tooLong', { count: 3 }))
})

it('valibot’s own words, with what the sender wrote, are foreign and cut', () => {
  const issue = issueOf(v.picklist(['one']), `message ${'x'.repeat(9999)}`)
  expect(problemOf(issue)).toEqual(foreign(issue.message.slice(0, 500)))
})
