import { randomUUID } from 'node:crypto'
import { LINKS_AT_ONCE, type Link } from '#contract/links.ts'
import { message } from '#contract/messages/message.ts'
import { AppError } from '../errors/app-error.ts'

/** Lists of links that a window is fetching; an abandoned one is replaced by a later one. */
const MOST_LISTS = 4

/** Hands long lists to the window piece by piece: one message of some hundred megabytes would block both processes. */
export class HandedLists {
  readonly #lists = new Map<string, readonly Link[]>()

  /** The beginning of a list; the rest is kept until it is fetched. */
  begin(links: readonly Link[]): { links: Link[]; count: number; listId: string | null } {
    const first = links.slice(0, LINKS_AT_ONCE)
    if (first.length === links.length) return { links: first, count: links.length, listId: null }
    const listId = randomUUID()
    this.#lists.set(listId, links)
    const [oldest] = this.#lists.keys()
    if (this.#lists.size > MOST_LISTS && oldest !== undefined) this.#lists.delete(oldest)
    return { links: first, count: links.length, listId }
  }

  /** The next piece. Throws `input.invalid` if the list is no longer kept. */
  next(listId: string, from: number): Link[] {
    const links = this.#lists.get(listId)
    if (links === undefined) throw new AppError('input.invalid', message('errors.links.readAnew'))
    const to = from + LINKS_AT_ONCE
    if (to >= links.length) this.#lists.delete(listId)
    return links.slice(from, to)
  }
}
