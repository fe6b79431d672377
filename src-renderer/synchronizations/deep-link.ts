import type { Server } from '#contract/servers.ts'

/** The link to a panel inside the application: `#/server/INT-16`, by the server's name where that is unique. */
export function deepLink(rowId: string, servers: readonly Server[]): string {
  const space = rowId.indexOf(' ')
  const [serverId, key] = [rowId.slice(0, space), rowId.slice(space + 1)]
  const name = servers.find(({ id }) => id === serverId)?.name ?? serverId
  const isUnique = servers.filter((server) => server.name === name).length === 1
  return `#/${encodeURIComponent(isUnique ? name : serverId)}/${encodeURIComponent(key)}`
}

/** The id of the row that a link leads to; null for what is no such link, or of an unknown server. */
export function rowOfLink(hash: string, servers: readonly Server[]): string | null {
  const [, serverPart, keyPart] = /^#\/([^/]+)\/([^/]+)$/.exec(hash) ?? []
  if (serverPart === undefined || keyPart === undefined) return null
  try {
    const [wanted, key] = [decodeURIComponent(serverPart), decodeURIComponent(keyPart)]
    const server = servers.find(({ id }) => id === wanted) ?? servers.find(({ name }) => name === wanted)
    return server === undefined ? null : `${server.id} ${key}`
  } catch {
    return null
  }
}
