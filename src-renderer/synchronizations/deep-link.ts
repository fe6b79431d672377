import type { Server } from '#contract/servers.ts'
import type { SynchronizationRef } from '#contract/synchronizations.ts'

/** The link to a panel inside the application: `#/server/INT-16`, by the server's name if that is unique. */
export function deepLink({ serverId, key }: SynchronizationRef, servers: readonly Server[]): string {
  const name = servers.find(({ id }) => id === serverId)?.name ?? serverId
  const isUnique = servers.filter((server) => server.name === name).length === 1
  return `#/${encodeURIComponent(isUnique ? name : serverId)}/${encodeURIComponent(key)}`
}

/** The target of a link; null if it is not one, or its server is unknown. */
export function refOfLink(hash: string, servers: readonly Server[]): SynchronizationRef | null {
  const [, serverPart, keyPart] = /^#\/([^/]+)\/([^/]+)$/.exec(hash) ?? []
  if (serverPart === undefined || keyPart === undefined) return null
  try {
    const [wanted, key] = [decodeURIComponent(serverPart), decodeURIComponent(keyPart)]
    const server = servers.find(({ id }) => id === wanted) ?? servers.find(({ name }) => name === wanted)
    return server === undefined ? null : { serverId: server.id, key }
  } catch {
    return null
  }
}
