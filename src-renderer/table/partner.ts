import type { SynchronizationRow } from '#contract/synchronizations.ts'

/**
 * The other project of a synchronization, and its Jira's address without the scheme; empty if that is this server, or
 * unknown.
 */
export interface Partner {
  readonly projectKey: string
  readonly address: string
}

/**
 * The partner of a row on the server with this base URL: the side that is on another Jira; if both or none are, the
 * second. Null if this server does not know the other side, as in a distributed synchronization.
 */
export function partnerOf({ first, second }: SynchronizationRow, ownBaseUrl: string): Partner | null {
  if (first === null || second === null) return null
  const own = plainAddress(ownBaseUrl)
  const [firstAddress, secondAddress] = [plainAddress(first.baseUrl), plainAddress(second.baseUrl)]
  const isTurned = secondAddress === own && firstAddress !== '' && firstAddress !== own
  const [{ projectKey }, address] = isTurned ? [first, firstAddress] : [second, secondAddress]
  return projectKey === '' ? null : { projectKey, address: address === own ? '' : address }
}

function plainAddress(baseUrl: string): string {
  return baseUrl
    .replace(/^https?:\/\//i, '')
    .replace(/\/+$/, '')
    .toLowerCase()
}
