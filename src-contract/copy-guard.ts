import * as v from 'valibot'
import { serverIdInputSchema } from './ids.ts'
import { messageSchema } from './messages/message.ts'
import { nothing, type RequestTable } from './request-parts.ts'

/** What makes a server look like a copy of another Jira. */
export const copyGuardSchema = v.object({
  /** `question`: one sign, which may have a good reason; `copy`: nothing is started there until its name is typed. */
  state: v.picklist(['question', 'copy']),
  /** The signs, one sentence each; empty if only the user said that it is a copy. */
  signs: v.array(messageSchema),
})
export type CopyGuardState = v.InferOutput<typeof copyGuardSchema>

/** The channels of this area. */
export const copyGuardRequests = {
  /** The user's answer about the one sign. Throws `input.invalid` if the question is not, or no longer, open. */
  'servers:answer-copy-question': {
    args: v.strictObject({ serverId: serverIdInputSchema, isCopy: v.boolean() }),
    answer: nothing,
  },
  /**
   * Allows starting on a copy until another sign is seen. Throws `input.invalid` unless `typedName` is the server’s
   * name.
   */
  'servers:release-copy': {
    args: v.strictObject({ serverId: serverIdInputSchema, typedName: v.pipe(v.string(), v.maxLength(1000)) }),
    answer: nothing,
  },
} as const satisfies RequestTable
