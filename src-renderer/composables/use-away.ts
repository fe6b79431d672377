import type { Server } from '#contract/servers.ts'
import { awayOf, awayText, type Away } from '../wording/away.ts'
import { useOnline } from './use-online.ts'

/** Why a server cannot be asked at present, for whatever needs one; both are empty for a server that can be asked. */
export function useAway(): (server: Server | undefined) => { readonly away: Away | null; readonly words: string } {
  const isOnline = useOnline()
  return (server) => {
    const away = server === undefined ? null : awayOf(server, isOnline.value)
    return { away, words: away === null || server === undefined ? '' : awayText(away, server.name) }
  }
}
