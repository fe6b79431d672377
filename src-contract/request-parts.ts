import * as v from 'valibot'
import type { EventTopic, RequestChannel } from './channels.ts'

/** The last moment that a `Date` can name, in epoch ms. */
export const LAST_MOMENT = 8_640_000_000_000_000

/** Channels, each with its arguments and its answer. */
export type RequestTable = Partial<
  Record<RequestChannel, { readonly args: v.GenericSchema; readonly answer: v.GenericSchema }>
>

/** Topics with the payload of their events: what changed, never a whole list. */
export type EventTable = Partial<Record<EventTopic, v.GenericSchema>>

/** The answer of a channel that only does something. */
export const nothing = v.void()
export const noArguments = v.strictObject({})
/** True: as last read, at once. False: read again. */
export const isCached = v.optional(v.boolean(), false)
/** Where an export was saved; null if the user cancelled. */
export const savedFile = v.object({ path: v.nullable(v.string()) })
