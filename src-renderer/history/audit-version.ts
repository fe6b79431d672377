import { defineStore } from 'pinia'
import { ref } from 'vue'
import type { EventFeed } from '../backend/event-feed.ts'

/** Changes with the audit trail: one entry more, or an outcome of one. What shows entries asks for them again then. */
export const useAuditVersion = defineStore('audit-version', () => {
  const version = ref(0)

  function advance(): void {
    version.value += 1
  }

  /** Whether entries were added while events were lost is not known. */
  function load(): Promise<() => void> {
    return Promise.resolve(advance)
  }

  function follow(feed: Pick<EventFeed, 'on'>): void {
    feed.on('audit:changed', advance)
  }

  return { version, load, follow }
})
