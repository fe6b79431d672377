import * as v from 'valibot'
import { noArguments, type EventTable, type RequestTable } from './request-parts.ts'

/**
 * State of the operating system's keychain. `locked` can be unlocked by the user, `unavailable` means that there is
 * none on this machine, `error` that it answered with a failure.
 */
export const vaultStateSchema = v.picklist(['ready', 'locked', 'unavailable', 'error'])
export type VaultState = v.InferOutput<typeof vaultStateSchema>

/** The channels of this area. */
export const vaultRequests = {
  'vault:state': { args: noArguments, answer: vaultStateSchema },
  'vault:retry': { args: noArguments, answer: vaultStateSchema },
} as const satisfies RequestTable

export const vaultEvents = {
  'vault:changed': vaultStateSchema,
} as const satisfies EventTable
