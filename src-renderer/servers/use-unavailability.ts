import type { Server } from '#contract/servers.ts'
import { unavailabilityOf, unavailabilityText, type Unavailability } from './unavailability.ts'
import { useOnline } from '../backend/use-online.ts'
import { t } from '../text/t.ts'

/**
 * Why nothing can be started on a server: `away` if it is unavailable, `words` also if it is read-only. Both are empty
 * if all is well.
 */
export interface NotAvailable {
  readonly away: Unavailability | null
  readonly words: string
}

/** Gives each server's unavailability, from the network and the server's state. */
export function useUnavailability(): (server: Server | undefined) => NotAvailable {
  const isOnline = useOnline()
  return (server) => whyNotAvailable(server, isOnline.value)
}

/** The same for once. `isOnline`: whether this computer has a network. */
export function whyNotAvailable(server: Server | undefined, isOnline: boolean): NotAvailable {
  if (server === undefined) return { away: null, words: '' }
  const away = unavailabilityOf(server, isOnline)
  const readOnly = server.isReadOnly ? t('servers.readOnly', { server: server.name }) : ''
  return { away, words: away === null ? readOnly : unavailabilityText(away, server.name) }
}
