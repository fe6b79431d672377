import type { EventFeed } from './event-feed.ts'

/** A store that mirrors a service of the main process. */
export interface Mirror {
  /**
   * Loads everything; resolves to a function that applies it. The two are apart so that all stores can change together,
   * after every answer is there.
   */
  readonly load: () => Promise<() => void>
  /** Follows changes from now on; absent if only this window makes them. */
  readonly follow?: (feed: Pick<EventFeed, 'on'>) => void
}
