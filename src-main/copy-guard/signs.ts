import type { ServerId } from '#contract/ids.ts'
import { message, type Message } from '#contract/messages/message.ts'
import type { Integration } from '../backbone/integration.ts'

/** A sign that a Jira was restored from a backup, another Jira's or its own. */
export type Sign =
  /** Its own base URL is not the address that is registered. */
  | { readonly kind: 'base-url'; readonly stated: string }
  /** How many of its synchronizations belong to another registered server. */
  | { readonly kind: 'same'; readonly serverId: ServerId; readonly count: number }
  | ({ readonly kind: 'gone-back' } & GoneBack)

/** Synchronizations whose date of last change went back. */
export interface GoneBack {
  /** One of them. */
  readonly key: string
  readonly count: number
  /** When it was first seen, epoch ms. */
  readonly at: number
}

/** A text longer than this, in characters, is not an address. */
const MAX_ADDRESS = 2000

/** The clocks of a cluster’s nodes differ by less than this, in ms. */
const CLOCKS_DIFFER_MS = 5 * 60_000

/** Stays the same for as long as nothing new is seen. */
export function signId(sign: Sign): string {
  switch (sign.kind) {
    case 'base-url':
      return `base-url ${placeOf(sign.stated) ?? sign.stated}`
    case 'same':
      return `same ${sign.serverId}`
    case 'gone-back':
      return `gone-back ${sign.at}`
  }
}

/** `nameOf` names a registered server. */
export function signWords(sign: Sign, baseUrl: string, nameOf: (serverId: ServerId) => string): Message {
  switch (sign.kind) {
    case 'base-url':
      return message('servers.copy.signs.baseUrl', { told: sign.stated, address: baseUrl })
    case 'same':
      return message('servers.copy.signs.same', { count: sign.count, server: nameOf(sign.serverId) })
    case 'gone-back':
      return message('servers.copy.signs.goneBack', { count: sign.count, key: sign.key })
  }
}

/**
 * Where an address leads, to compare it with another; null for something else. The scheme does not count: a proxy may
 * encrypt for Jira.
 */
export function placeOf(address: string): string | null {
  if (!URL.canParse(address)) return null
  const { protocol, hostname, port, pathname } = new URL(address)
  return /^https?:$/.test(protocol) ? `${hostname.replace(/\.$/, '')}:${port}${pathname.replace(/\/+$/, '')}` : null
}

/**
 * What a synchronization shares with its copy and with no other: key, creation date and the keys of the connectors. The
 * halves of a distributed synchronization share only the first two. Null if one of them is missing.
 */
export function identityOf({ key, createdDate, first, second }: Integration): string | null {
  const connectorKeys = [first, second].flatMap((side) => side?.connectorKey ?? [])
  if (createdDate.trim() === '' || connectorKeys.length === 0 || connectorKeys.includes('')) return null
  return JSON.stringify([key, dateOf(createdDate) ?? createdDate, ...connectorKeys])
}

/** Whether a synchronization's modification date is earlier than before. */
export function hasGoneBack(before: Integration, after: Integration): boolean {
  if (before.lastModifiedDate === after.lastModifiedDate) return false
  const [was, is] = [dateOf(before.lastModifiedDate), dateOf(after.lastModifiedDate)]
  if (was === null || is === null || was - is <= CLOCKS_DIFFER_MS) return false
  const identity = identityOf(before)
  return identity !== null && identity === identityOf(after)
}

/** Jira's own base URL, from the body of an answer to `serverInfo` (Jira's REST API); null if there is none. */
export function statedBaseUrl(body: string): string | null {
  try {
    const { baseUrl } = JSON.parse(body) as { readonly baseUrl?: unknown }
    if (typeof baseUrl !== 'string' || baseUrl.length > MAX_ADDRESS || placeOf(baseUrl) === null) return null
    const { origin, pathname } = new URL(baseUrl)
    return origin + pathname.replace(/\/+$/, '')
  } catch {
    return null
  }
}

/** Epoch ms of a date such as `2016-11-10T11:07:10+0100`; null for none. */
function dateOf(text: string): number | null {
  const time = Date.parse(text)
  return Number.isNaN(time) ? null : time
}
