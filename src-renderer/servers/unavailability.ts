import type { BlockReason } from '#contract/credentials.ts'
import type { Server } from '#contract/servers.ts'
import { t } from '../text/t.ts'
import { troubleOf } from './servers.ts'

/**
 * Why a server is unavailable: no network, the server itself, its log-in, or something else that answers in its place.
 */
export type Unavailability = 'network' | 'server' | 'log-in' | 'intercepted'

/** Null if the server is available. */
export function unavailabilityOf(server: Server, isOnline: boolean): Unavailability | null {
  switch (troubleOf(server)) {
    case 'blocked':
      return server.access.state === 'blocked' && server.access.reason === 'intercepted' ? 'intercepted' : 'log-in'
    case 'no-credential':
      return 'log-in'
    case 'unreachable':
      return isOnline ? 'server' : 'network'
    case 'failing':
      return 'server'
    case null:
      return isOnline || isLocal(server) ? null : 'network'
  }
}

/** What that means for the server's synchronizations, as a sentence. */
export function unavailabilityText(away: Unavailability, serverName: string): string {
  return t(`servers.unavailable.${away}`, { server: serverName })
}

/** Whether Jira itself refused the last log-in; in all other cases it may not even have received it. */
export function isSurelyRefused(reason: BlockReason): boolean {
  return reason === 'rejected' || reason === 'captcha' || reason === 'method-off'
}

/** A server on this computer needs no network. */
function isLocal({ baseUrl }: Server): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(new URL(baseUrl).hostname)
}
