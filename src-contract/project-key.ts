import * as v from 'valibot'
import { problem } from './messages/problem.ts'

/** Jira's default rule: a capital letter, then capitals, digits or underscores. */
const DEFAULT_RULE = /^[A-Z][A-Z0-9_]*$/
/** Administrators can change the rule; this refuses only what no Jira accepts: white space and URL syntax. */
const ANY_RULE = /^[\p{L}][\p{L}\p{N}_]*$/u

const textSchema = v.pipe(v.string(), v.trim(), v.maxLength(255, problem('errors.fields.projectKey.tooLong')))

/** Whether a project key, without white space around it, may be written into a synchronization. */
export function isProjectKey(text: string): boolean {
  return DEFAULT_RULE.test(text)
}

/** A project key that is written into a synchronization. */
export const projectKeySchema = v.pipe(
  textSchema,
  v.minLength(1, problem('errors.fields.projectKey.missing')),
  v.check(isProjectKey, problem('errors.fields.projectKey.written')),
)

/** A project key that only selects what is listed. */
export const listedProjectKeySchema = v.pipe(textSchema, v.regex(ANY_RULE, problem('errors.fields.projectKey.listed')))
