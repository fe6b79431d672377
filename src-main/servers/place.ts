import { message } from '#contract/messages/message.ts'
import { AppError } from '../errors/app-error.ts'
import type { StoredServer } from '../storage/server-table.ts'

/**
 * The address to which a server's requests go. At another one may be another Jira: what was meant for a place is
 * neither sent to another, nor looked for there.
 */
export type Place = string

export function placeOf({ baseUrl, apiPath }: Pick<StoredServer, 'baseUrl' | 'apiPath'>): Place {
  return baseUrl + apiPath
}

/** Throws `server.moved` if the server is at another place now. `null`: anywhere will do. */
export function assertStillAt(place: Place | null, server: Pick<StoredServer, 'baseUrl' | 'apiPath'>): void {
  if (place !== null && place !== placeOf(server)) throw new AppError('server.moved', message('errors.serverMoved'))
}
