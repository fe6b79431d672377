import type { Server } from '#contract/servers.ts'
import { unavailabilityOf, unavailabilityText, type Unavailability } from './unavailability.ts'
import { useOnline } from '../backend/use-online.ts'
import { t } from '../text/t.ts'

/**
 * Why nothing can be begun on a server at present: `away` where it cannot be asked, `words` also where it is read-only. Both are
 * empty where all is well.
 */
export interface NotAvailable {
  readonly away: Unavailability | null
  readonly words: string
}

/** Tells of any server whether something can be begun there, as the network and the server’s state have it now. */
export function useUnavailability(): (server: Server | undefined) => NotAvailable {
  const isOnline = useOnline()
  return (server) => {
    const away = server === undefined ? null : unavailabilityOf(server, isOnline.value)
    if (server === undefined) return { away: null, words: '' }
    const readOnly = server.isReadOnly ? t('servers.readOnly', { server: server.name }) : ''
    return { away, words: away === null ? readOnly : unavailabilityText(away, server.name) }
  }
}
