import type { RequestArgs } from '#contract/contract.ts'
import type { LinkList } from '#contract/links.ts'
import { ask } from '../backend/ask.ts'

/**
 * All links of a connector, which come piece by piece; null if `isCached` and they were never read. No further piece is
 * fetched once they are no longer wanted. Rejects with `RequestError`.
 */
export async function readLinks(
  asked: RequestArgs<'connectors:links'>,
  isWanted: () => boolean,
): Promise<LinkList | null> {
  const list = await ask('connectors:links', asked)
  if (list === null || list.listId === null) return list
  const links = [...list.links]
  while (links.length < list.count && isWanted())
    links.push(...(await ask('connectors:more-links', { listId: list.listId, from: links.length })))
  return { ...list, links }
}
