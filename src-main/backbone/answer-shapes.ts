import { asObject, asText, type WireObject } from '../wire-values.ts'

// What an answer must be before anything, even an accepted log-in, is concluded from it; null if it is something else.

export function asList(value: unknown): readonly unknown[] | null {
  return Array.isArray(value) ? value : null
}

/** An object with the key of a synchronization. */
export function asSynchronization(value: unknown): WireObject | null {
  const object = asObject(value)
  return object !== null && asText(object.integrationKey) !== '' ? object : null
}

const STATUS_PARTS = ['status', 'firstConnector', 'secondConnector']

/** A synchronization without a state has an empty status. */
export function asStatus(value: unknown): WireObject | null {
  const object = asObject(value)
  const parts = Object.keys(object ?? {})
  return parts.length === 0 || parts.some((part) => STATUS_PARTS.includes(part)) ? object : null
}
