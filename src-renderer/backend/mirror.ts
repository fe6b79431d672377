import type { EventFeed } from './event-feed.ts'

/** A store that shows what a service of the main process has. */
export interface Mirror {
  /**
   * Asks for everything; resolves to what takes it over. The two are apart so that all stores can change together, after every
   * answer is there.
   */
  readonly load: () => Promise<() => void>
  /** Takes over each change from now on; none where only this window makes changes. */
  readonly follow?: (feed: Pick<EventFeed, 'on'>) => void
}
