import type { Server } from '#contract/servers.ts'
import { awayOf, awayText, type Away } from './away.ts'
import { useOnline } from '../backend/use-online.ts'
import { t } from '../text/t.ts'

/**
 * Why nothing can be begun on a server at present: `away` where it cannot be asked, `words` also where it is read-only. Both are
 * empty where all is well.
 */
export function useAway(): (server: Server | undefined) => { readonly away: Away | null; readonly words: string } {
  const isOnline = useOnline()
  return (server) => {
    const away = server === undefined ? null : awayOf(server, isOnline.value)
    if (server === undefined) return { away: null, words: '' }
    const readOnly = server.isReadOnly ? t('servers.readOnly', { server: server.name }) : ''
    return { away, words: away === null ? readOnly : awayText(away, server.name) }
  }
}
