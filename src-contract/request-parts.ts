import * as v from 'valibot'
import type { EventTopic, RequestChannel } from './channels.ts'

/** Some channels, each with what it takes and what it answers. */
export type RequestTable = Partial<
  Record<RequestChannel, { readonly args: v.GenericSchema; readonly answer: v.GenericSchema }>
>

/** Some topics, each with what its events carry: what changed, never a whole list that may be long. */
export type EventTable = Partial<Record<EventTopic, v.GenericSchema>>

/** The answer of a channel that only does something. */
export const nothing = v.void()
export const noArguments = v.strictObject({})
export const serverIdSchema = v.pipe(v.string(), v.minLength(1), v.maxLength(100))
/** As last read, at once; else read anew. */
export const isCached = v.optional(v.boolean(), false)
/** Where an export was saved; null when the user chose not to. */
export const savedFile = v.object({ path: v.nullable(v.string()) })
