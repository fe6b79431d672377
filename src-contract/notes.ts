import * as v from 'valibot'
import { watchedRefSchema } from './monitoring.ts'
import { MAX_TAGS, noteSchema, tagSchema } from './noted.ts'
import { nothing, type RequestTable } from './request-parts.ts'

/** Puts a tag on some synchronizations and servers, or takes it off them. A `key` of null is the server itself. */
export const tagChangeSchema = v.strictObject({
  tag: tagSchema,
  isOn: v.boolean(),
  targets: v.pipe(v.array(watchedRefSchema), v.minLength(1), v.maxLength(100_000)),
})
export type TagChange = v.InferOutput<typeof tagChangeSchema>

const tagChangesSchema = v.strictObject({
  changes: v.pipe(v.array(tagChangeSchema), v.maxLength(2 * MAX_TAGS)),
})

/** The channels of this area. Changes are reported as changes of rows and servers. */
export const noteRequests = {
  /**
   * All of these changes, or none. Answers with those that changed something, tags spelled as elsewhere: the same list
   * with `isOn` inverted undoes it.
   */
  'notes:tag': { args: tagChangesSchema, answer: tagChangesSchema },
  /**
   * Calls a tag otherwise wherever it is, also on what is listed no more. Where another is called so, both become one.
   * Answers with what that changed, which is taken back like changes of tags.
   */
  'notes:rename-tag': { args: v.strictObject({ from: tagSchema, to: tagSchema }), answer: tagChangesSchema },
  /** Takes the place of the note that was there; an empty one removes it. */
  'notes:set': { args: v.strictObject({ target: watchedRefSchema, note: noteSchema }), answer: nothing },
  /** Opens the runbook in the browser. */
  'notes:open-runbook': { args: v.strictObject({ target: watchedRefSchema }), answer: nothing },
} as const satisfies RequestTable
